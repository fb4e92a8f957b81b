// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"
#include "mount_point.h"
#include "say.h"

static bool is_roots(int fd)
{
	struct stat st;

	return !fstat(fd, &st) && !st.st_uid && !(st.st_mode & 022);
}

int mount_point_make(int dir, const char *path, const char *name, bool *made)
{
	int fd;

	*made = !mkdirat(dir, name, 0755);
	if (!*made && errno != EEXIST) {
		say_error(-errno, "cannot make %s/%s", path, name);
		return -1;
	}
	fd = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && is_roots(fd))
		return fd;
	if (fd < 0)
		say_error(-errno, "cannot mount on %s/%s, which is not a folder", path, name);
	else
		say("cannot mount on %s/%s: it is not for root alone to change; remove it, or give another folder",
		    path, name);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Its path would be looked up again; the folder that one works in is not. */
int mount_point_mount(int folder, const char *image, const char *type, const char *options)
{
	int ret = 0;

	if (fchdir(folder))
		return -errno;
	if (mount(image, ".", type, MS_RDONLY | MS_NODEV | MS_NOSUID, options))
		ret = -errno;
	if (chdir("/") && !ret)
		ret = -errno;
	return ret;
}

/* The last name of a mount point cannot be given to something else, those before it can. */
int mount_point_unmount(const char *path)
{
	const char *name = strrchr(path, '/');
	char *parent;
	int dir, ret;

	if (!name || !name[1])
		return -EBUSY;
	parent = strndup(path, name == path ? 1 : name - path);
	dir = parent ? folder_open(parent, NULL) : -ENOMEM;
	free(parent);
	if (dir < 0)
		return dir;
	ret = fchdir(dir) || umount2(name + 1, UMOUNT_NOFOLLOW) ? -errno : 0;
	if (!ret)
		unlinkat(dir, name + 1, AT_REMOVEDIR);
	close(dir);
	if (chdir("/") && !ret)
		ret = -errno;
	return ret;
}
