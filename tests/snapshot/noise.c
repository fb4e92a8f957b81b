// SPDX-License-Identifier: GPL-2.0
/*
 * noise DEVICE [FIRST COUNT]: fills it, or so many of its MiB, past the cache, with data that no
 * sector has twice and no call writes again. What the kernel offers takes an emulated guest ten
 * times as long.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/random.h>

#define CHUNK (1 << 20)

static int fail(const char *what)
{
	fprintf(stderr, "noise: %s: %s\n", what, strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	uint64_t *data, state;
	ssize_t n;
	off_t left, first;
	int fd;

	if (argc != 2 && argc != 4) {
		fputs("noise DEVICE [FIRST COUNT]\n", stderr);
		return 2;
	}
	fd = open(argv[1], O_RDWR | O_DIRECT);
	if (fd < 0)
		return fail(argv[1]);
	first = argc == 4 ? atoll(argv[2]) * CHUNK : 0;
	left = argc == 4 ? atoll(argv[3]) * CHUNK : lseek(fd, 0, SEEK_END);
	if (left < 0 || lseek(fd, first, SEEK_SET) < 0)
		return fail(argv[1]);
	if (getrandom(&state, sizeof(state), 0) != sizeof(state) ||
	    posix_memalign((void **)&data, 4096, CHUNK))
		return fail("cannot begin");
	state |= 1;
	for (; left > 0; left -= n) {
		/* Xorshift: no value comes twice before all have come. */
		for (size_t i = 0; i < CHUNK / sizeof(*data); i++) {
			state ^= state << 13;
			state ^= state >> 7;
			state ^= state << 17;
			data[i] = state;
		}
		n = write(fd, data, left < CHUNK ? left : CHUNK);
		if (n <= 0)
			return fail(argv[1]);
	}
	return 0;
}
