// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/folder.h"

/*
 * Check who can modify the folder @fd, the first @length bytes of @path; *foreign describes the
 * problem.
 */
static int look_at_owner(int fd, const char *path, int length, char **foreign)
{
	struct stat st;
	int ret = 0;

	if (!length)
		length = 1;
	if (fstat(fd, &st))
		return -errno;
	if (st.st_uid)
		ret = asprintf(foreign, "%.*s belongs to user %u", length, path, st.st_uid);
	else if (st.st_mode & 022)
		ret = asprintf(foreign, "%.*s can be written to by others than root", length, path);
	if (ret >= 0)
		return 0;
	*foreign = NULL;
	return -ENOMEM;
}

/* Open the next component of @path, which begins at *@at, in @parent, and close @parent. */
static int descend(int parent, const char *path, size_t *at)
{
	const char *name = path + *at + strspn(path + *at, "/");
	size_t length = strcspn(name, "/");
	char *copy = strndup(name, length);
	int fd = copy ? openat(parent, copy, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	int ret = copy ? fd : -ENOMEM;

	if (copy && fd < 0)
		ret = -errno;
	*at = name + length - path;
	free(copy);
	close(parent);
	return ret;
}

/* Turn an O_PATH descriptor into a readable one of the same folder. */
static int reopen(int fd)
{
	int ret = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (ret < 0)
		ret = -errno;
	close(fd);
	return ret;
}

int folder_open(const char *path, char **foreign)
{
	int fd, ret = 0;
	size_t at = 0;

	if (foreign)
		*foreign = NULL;
	if (*path != '/')
		return -EINVAL;
	fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (fd >= 0) {
		if (foreign && !*foreign)
			ret = look_at_owner(fd, path, at, foreign);
		if (ret || !path[at + strspn(path + at, "/")])
			break;
		fd = descend(fd, path, &at);
	}
	if (ret)
		close(fd);
	else if (fd >= 0)
		ret = fd = reopen(fd);
	else
		ret = fd;
	if (ret < 0 && foreign) {
		free(*foreign);
		*foreign = NULL;
	}
	return ret;
}
