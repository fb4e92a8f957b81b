// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "lifecycle/notify.h"

/* Returns the length of the address, or 0 if the path is too long. */
static socklen_t fill_address(struct sockaddr_un *address, const char *path)
{
	size_t length = strlen(path);

	memset(address, 0, sizeof(*address));
	if (!length || length >= sizeof(address->sun_path))
		return 0;
	address->sun_family = AF_UNIX;
	memcpy(address->sun_path, path, length);
	return offsetof(struct sockaddr_un, sun_path) + length;
}

void notify_ready(void)
{
	sd_notify(0, "READY=1");
}

int notify_listen(const char *path)
{
	struct sockaddr_un address;
	socklen_t length = fill_address(&address, path);
	int fd, ret;

	if (!length)
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	unlink(path);
	if (!bind(fd, (struct sockaddr *)&address, length))
		return fd;
	ret = -errno;
	close(fd);
	return ret;
}

int notify_wait(int fd, pid_t pid, int timeout_ms)
{
	struct pollfd fds[2] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = syscall(SYS_pidfd_open, pid, 0), .events = POLLIN },
	};
	int ret;

	do {
		ret = poll(fds, 2, timeout_ms);
	} while (ret < 0 && errno == EINTR);
	if (fds[1].fd >= 0)
		close(fds[1].fd);
	if (ret < 0)
		return -errno;
	if (!ret)
		return -ETIMEDOUT;
	return fds[0].revents & POLLIN ? 0 : -ECHILD;
}
