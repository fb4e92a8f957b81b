// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>

#include "call.h"

int call(int fd, unsigned long request, void *argument)
{
	int ret = ioctl(fd, request, argument);

	return ret < 0 ? -errno : ret;
}

int call_plain(int fd, unsigned long request, void *argument)
{
	int ret = call(fd, request, argument);

	return ret < 0 ? ret : 0;
}

int call_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

uint32_t call_batch(size_t count)
{
	return count < RANGES_AT_ONCE ? count : RANGES_AT_ONCE;
}
