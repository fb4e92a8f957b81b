// SPDX-License-Identifier: GPL-2.0
/*
 * Compares two states of a device with the change map between them. See usage().
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

static void usage(void)
{
	fputs("differ map OLD NEW MAP BLOCK_SIZE N   each block that differs has a value > N in MAP;\n"
	      "                                      prints: blocks that differ, blocks marked\n"
	      "differ copy NEW OLD MAP BLOCK_SIZE N  copies the blocks marked > N from NEW to OLD\n"
	      "differ list A B                       prints the sectors that differ: FIRST COUNT\n"
	      "differ equal FILE DEVICE              fails if they differ; past the device's cache\n"
	      "differ begins FILE DEVICE             the same of as much as the file has\n", stderr);
	exit(2);
}

__attribute__((noreturn)) static void fail(const char *what)
{
	fprintf(stderr, "differ: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_file(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		fail(path);
	return fd;
}

static ssize_t read_at(int fd, void *data, size_t length, off_t at)
{
	size_t done = 0;
	ssize_t n;

	while (done < length) {
		n = pread(fd, (char *)data + done, length - done, at + done);
		if (n < 0)
			fail("read");
		if (!n)
			break;
		done += n;
	}
	return done;
}

static uint8_t *read_map(const char *path, size_t *size)
{
	int fd = open_file(path, O_RDONLY);
	struct stat st;
	uint8_t *map;

	if (fstat(fd, &st))
		fail(path);
	map = malloc(st.st_size + 1);
	*size = read_at(fd, map, st.st_size, 0);
	close(fd);
	return map;
}

static void *block(size_t size)
{
	void *p;

	if (posix_memalign(&p, 4096, size))
		fail("posix_memalign");
	return p;
}

static int with_map(char **args, bool copying)
{
	int a = open_file(args[0], O_RDONLY), b = open_file(args[1], copying ? O_RDWR : O_RDONLY);
	size_t size = strtoull(args[3], NULL, 0), blocks;
	unsigned long n = strtoul(args[4], NULL, 0);
	uint8_t *map = read_map(args[2], &blocks);
	char *old = block(size), *new = block(size);
	size_t differing = 0, marked = 0, i;

	for (i = 0; ; i++) {
		ssize_t x = read_at(a, old, size, i * size), y = read_at(b, new, size, i * size);

		if (x != y || (x && i >= blocks)) {
			fprintf(stderr, "differ: the sizes differ at block %zu of %zu: %zd, %zd\n", i,
				blocks, x, y);
			return 1;
		}
		if (!x)
			break;
		if (map[i] > n) {
			marked++;
			if (copying && pwrite(b, old, x, i * size) != x)
				fail(args[1]);
		}
		if (!memcmp(old, new, x))
			continue;
		differing++;
		if (!copying && map[i] <= n) {
			fprintf(stderr, "differ: block %zu differs, its value is %u\n", i, map[i]);
			return 1;
		}
	}
	if (i != blocks) {
		fprintf(stderr, "differ: %zu blocks, a map of %zu\n", i, blocks);
		return 1;
	}
	printf("%zu %zu\n", differing, marked);
	return 0;
}

static int list(char **args)
{
	int a = open_file(args[0], O_RDONLY), b = open_file(args[1], O_RDONLY);
	char *x = block(1 << 20), *y = block(1 << 20);
	unsigned long long first = 0, count = 0, sector = 0;

	for (;;) {
		ssize_t n = read_at(a, x, 1 << 20, sector * 512), m = read_at(b, y, 1 << 20, sector * 512);

		if (n != m) {
			fprintf(stderr, "differ: the sizes differ\n");
			return 1;
		}
		if (!n)
			break;
		for (ssize_t i = 0; i < n; i += 512, sector++) {
			if (!memcmp(x + i, y + i, 512))
				continue;
			if (count && first + count == sector) {
				count++;
				continue;
			}
			if (count)
				printf("%llu %llu\n", first, count);
			first = sector;
			count = 1;
		}
	}
	if (count)
		printf("%llu %llu\n", first, count);
	return 0;
}

/* Of as much as the file has, or of all. */
static int equal(char **args, bool begins)
{
	int a = open_file(args[0], O_RDONLY), b = open_file(args[1], O_RDONLY | O_DIRECT);
	char *x = block(1 << 20), *y = block(1 << 20);
	off_t at = 0;
	ssize_t n, m, i;

	do {
		n = read_at(a, x, 1 << 20, at);
		m = read_at(b, y, 1 << 20, at);
		if (begins && n < m)
			m = n;
		if (n != m || memcmp(x, y, n)) {
			for (i = 0; i < n && i < m && x[i] == y[i]; i++)
				;
			fprintf(stderr, "differ: %s and %s differ at byte %lld\n", args[0], args[1],
				(long long)at + i);
			return 1;
		}
		at += n;
	} while (n == 1 << 20);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 7 && !strcmp(argv[1], "map"))
		return with_map(argv + 2, false);
	if (argc == 7 && !strcmp(argv[1], "copy"))
		return with_map(argv + 2, true);
	if (argc == 4 && !strcmp(argv[1], "list"))
		return list(argv + 2);
	if (argc == 4 && (!strcmp(argv[1], "equal") || !strcmp(argv[1], "begins")))
		return equal(argv + 2, argv[1][0] == 'b');
	usage();
}
