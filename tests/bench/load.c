// SPDX-License-Identifier: GPL-2.0
/*
 * load read|write|randread|randwrite SIZE COUNT DEPTH DEVICE
 *
 * Direct I/O of SIZE bytes each, COUNT times, up to DEPTH under way. Random ones touch no
 * place twice. Prints how long it took: by the time stamp counter, which with an emulator
 * that counts instructions is their number, and in nanoseconds.
 *
 * BUILD: amd64
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define MAX_DEPTH	256

static void fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The largest power of two that is not more than a number. */
static unsigned int log2_of(uint64_t number)
{
	return 63 - __builtin_clzll(number);
}

/* A permutation of 0 .. 2^bits - 1 without a visible order. */
static uint64_t shuffled(uint64_t i, unsigned int bits)
{
	uint64_t mask = (1ULL << bits) - 1;

	i = (i * 6364136223846793005ULL + 1442695040888963407ULL) & mask;
	i ^= i >> (bits / 2 + 1);
	return (i * 2862933555777941757ULL + 3037000493ULL) & mask;
}

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/* Waits until at least @min have ended. Return: how many did. */
static unsigned int reap(aio_context_t context, unsigned int min, uint64_t size)
{
	static struct io_event events[MAX_DEPTH];
	long got = syscall(SYS_io_getevents, context, min, MAX_DEPTH, events, NULL);
	long i;

	if (got < (long)min)
		fail("io_getevents");
	for (i = 0; i < got; i++) {
		if (events[i].res != (int64_t)size) {
			errno = events[i].res < 0 ? -events[i].res : EIO;
			fail("I/O");
		}
	}
	return got;
}

/* In huge pages: raw I/O costs least then, and always the same. */
static void *new_buffer(size_t size)
{
	size_t huge = 2 << 20;
	void *data;

	size = (size + huge - 1) / huge * huge;
	data = aligned_alloc(huge, size);
	if (!data || madvise(data, size, MADV_HUGEPAGE))
		fail("memory");
	memset(data, 0x5a, size);
	return data;
}

int main(int argc, char **argv)
{
	uint64_t size, count, depth, slots, bytes, i, ticks, ns;
	struct iocb iocb = { .aio_lio_opcode = IOCB_CMD_PREAD };
	struct iocb *list[] = { &iocb };
	unsigned int under_way = 0, bits;
	aio_context_t context = 0;
	const char *kind;
	bool random;
	void *data;
	int fd;

	if (argc != 6) {
		fprintf(stderr, "usage: load KIND SIZE COUNT DEPTH DEVICE\n");
		return 2;
	}
	kind = argv[1];
	size = strtoull(argv[2], NULL, 0);
	count = strtoull(argv[3], NULL, 0);
	depth = strtoull(argv[4], NULL, 0);
	random = !strncmp(kind, "rand", 4);
	if (strstr(kind, "write"))
		iocb.aio_lio_opcode = IOCB_CMD_PWRITE;
	fd = open(argv[5], O_DIRECT | (strstr(kind, "write") ? O_RDWR : O_RDONLY));
	if (fd < 0)
		fail(argv[5]);
	if (ioctl(fd, BLKGETSIZE64, &bytes))
		fail("BLKGETSIZE64");
	slots = bytes / size;
	if (!slots || !depth || depth > MAX_DEPTH) {
		errno = EINVAL;
		fail("size or depth");
	}
	bits = log2_of(slots);
	if (random && count > 1ULL << bits) {
		errno = ENOSPC;
		fail("no place for so many");
	}
	data = new_buffer(size);
	if (syscall(SYS_io_setup, MAX_DEPTH, &context))
		fail("io_setup");
	iocb.aio_fildes = fd;
	iocb.aio_buf = (uintptr_t)data;
	iocb.aio_nbytes = size;

	ns = nanoseconds();
	ticks = __rdtsc();
	for (i = 0; i < count; i++) {
		iocb.aio_offset = (random ? shuffled(i, bits) : i % slots) * size;
		if (syscall(SYS_io_submit, context, 1, list) != 1)
			fail("io_submit");
		if (++under_way == depth)
			under_way -= reap(context, 1, size);
	}
	if (under_way)
		reap(context, under_way, size);
	ticks = __rdtsc() - ticks;
	ns = nanoseconds() - ns;
	printf("%llu %llu\n", (unsigned long long)ticks, (unsigned long long)ns);
	return 0;
}
