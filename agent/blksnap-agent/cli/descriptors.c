// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli/descriptors.h"

/* Kernels before 5.9 have no close_range(): close all descriptors below the limit. */
void descriptors_close(void)
{
	struct rlimit limit;

#ifdef SYS_close_range
	if (!syscall(SYS_close_range, 3, UINT_MAX, 0))
		return;
#endif
	if (getrlimit(RLIMIT_NOFILE, &limit))
		limit.rlim_cur = 1024;
	for (rlim_t fd = 3; fd < limit.rlim_cur && fd <= INT_MAX; fd++)
		close(fd);
}

int descriptors_open_standard(void)
{
	static const int flags[] = { O_RDONLY, O_RDONLY, O_RDWR };

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", flags[fd]) != fd)
			return -EBADF;
	return 0;
}
