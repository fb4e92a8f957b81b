// SPDX-License-Identifier: GPL-2.0
/*
 * Ways to write to a device that no common program offers. See usage().
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <linux/blkpg.h>
#include <linux/fs.h>

static void usage(void)
{
	fputs("poke mmap DEVICE OFFSET LENGTH      writes through a shared mapping\n"
	      "poke fua DEVICE OFFSET LENGTH       one direct write with RWF_DSYNC\n"
	      "poke swap LENGTH                    has memory swapped out, and looks at it again\n"
	      "poke nowait DEVICE SECONDS OFFSET LENGTH\n"
	      "                                    direct writes with RWF_NOWAIT, one at a time, until\n"
	      "                                    SIGTERM at most; fails if one ends with EAGAIN\n"
	      "poke exclusive DEVICE               opens it for itself alone\n"
	      "poke addpart DEVICE N OFFSET LENGTH partition N (BLKPG)\n"
	      "poke delpart DEVICE N\n", stderr);
	exit(2);
}

__attribute__((noreturn)) static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerrorname_np(errno));
	exit(1);
}

static int open_device(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		fail(path);
	return fd;
}

static uint8_t *noise(size_t length)
{
	void *p;
	size_t i;

	if (posix_memalign(&p, 4096, length))
		fail("posix_memalign");
	srandom(time(NULL));
	for (i = 0; i + sizeof(int) <= length; i += sizeof(int))
		*(int *)((uint8_t *)p + i) = random();
	return p;
}

static void write_mmap(const char *device, off_t offset, size_t length)
{
	int fd = open_device(device, O_RDWR);
	uint8_t *p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);

	if (p == MAP_FAILED)
		fail("mmap");
	memcpy(p, noise(length), length);
	if (msync(p, length, MS_SYNC))
		fail("msync");
}

static void write_fua(const char *device, off_t offset, size_t length)
{
	struct iovec iov = { noise(length), length };

	if (pwritev2(open_device(device, O_RDWR | O_DIRECT), &iov, 1, offset, RWF_DSYNC) !=
	    (ssize_t)length)
		fail("pwritev2");
}

static void swap(size_t length)
{
	uint8_t *copy = noise(length);
	uint8_t *p = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		fail("mmap");
	memcpy(p, copy, length);
	if (madvise(p, length, MADV_PAGEOUT))
		fail("madvise");
	if (memcmp(p, copy, length)) {
		fputs("memory is not what it was\n", stderr);
		exit(1);
	}
	/* And out again, so that it is on the device when we go. */
	if (madvise(p, length, MADV_PAGEOUT))
		fail("madvise");
}

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void write_nowait(const char *device, int seconds, off_t offset, size_t length)
{
	struct sigaction action = { .sa_handler = stop, .sa_flags = SA_RESTART };
	int fd = open_device(device, O_RDWR | O_DIRECT);
	struct iovec iov = { noise(length), length };
	time_t end = time(NULL) + seconds;
	unsigned long count = 0;

	sigaction(SIGTERM, &action, NULL);
	do {
		if (pwritev2(fd, &iov, 1, offset, RWF_NOWAIT) != (ssize_t)length)
			fail("pwritev2");
		count++;
	} while (!stopped && time(NULL) < end);
	printf("%lu writes\n", count);
}

static void partition(int op, const char *device, int number, long long offset, long long length)
{
	struct blkpg_partition part = { .pno = number, .start = offset, .length = length };
	struct blkpg_ioctl_arg arg = { .op = op, .datalen = sizeof(part), .data = &part };

	if (ioctl(open_device(device, O_RDONLY), BLKPG, &arg))
		fail("BLKPG");
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "mmap"))
		write_mmap(argv[2], atoll(argv[3]), atoll(argv[4]));
	else if (argc == 5 && !strcmp(argv[1], "fua"))
		write_fua(argv[2], atoll(argv[3]), atoll(argv[4]));
	else if (argc == 3 && !strcmp(argv[1], "swap"))
		swap(atoll(argv[2]));
	else if (argc == 6 && !strcmp(argv[1], "nowait"))
		write_nowait(argv[2], atoi(argv[3]), atoll(argv[4]), atoll(argv[5]));
	else if (argc == 3 && !strcmp(argv[1], "exclusive"))
		open_device(argv[2], O_RDONLY | O_EXCL);
	else if (argc == 6 && !strcmp(argv[1], "addpart"))
		partition(BLKPG_ADD_PARTITION, argv[2], atoi(argv[3]), atoll(argv[4]), atoll(argv[5]));
	else if (argc == 4 && !strcmp(argv[1], "delpart"))
		partition(BLKPG_DEL_PARTITION, argv[2], atoi(argv[3]), 0, 0);
	else
		usage();
	return 0;
}
