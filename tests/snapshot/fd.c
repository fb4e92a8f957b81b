// SPDX-License-Identifier: GPL-2.0
/*
 * Reads from and writes to a descriptor that the shell has open. See usage().
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	off_t offset;
	ssize_t n;
	void *p;
	int fd;

	if (argc != 4 || posix_memalign(&p, 4096, 4096)) {
		fputs("fd read|write|cached FD OFFSET   4 KiB, past the cache unless cached;\n"
		      "                                 prints the number of bytes, or the error's name\n",
		      stderr);
		return 2;
	}
	fd = atoi(argv[2]);
	offset = strtoull(argv[3], NULL, 0);
	fcntl(fd, F_SETFL, strcmp(argv[1], "cached") ? O_DIRECT : 0);
	memset(p, 0x5a, 4096);
	n = strcmp(argv[1], "write") ? pread(fd, p, 4096, offset) : pwrite(fd, p, 4096, offset);
	if (n < 0)
		puts(strerrorname_np(errno));
	else
		printf("%zd\n", n);
	return 0;
}
