// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message.h"
#include "device/folder.h"
#include "device/mounts.h"
#include "lifecycle/mount_point.h"
#include "state/image_uses.h"

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
		message_errno(-errno, "cannot make %s/%s", path, name);
		return -1;
	}
	fd = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && is_roots(fd))
		return fd;
	if (fd < 0)
		message_errno(-errno, "cannot mount on %s/%s, which is not a folder", path, name);
	else
		message_error("cannot mount on %s/%s: it is not for root alone to change; remove it, or give another folder",
			      path, name);
	if (fd >= 0)
		close(fd);
	return -1;
}

/* mount() would resolve a path again; the working directory is the open folder itself. */
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

static bool is_image(int dir, const char *name, const struct record *record)
{
	int fd = openat(dir, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool image = fd >= 0 && image_uses_is_mount(record, mounts_id_of(fd));

	if (fd >= 0)
		close(fd);
	return image;
}

/* An open descriptor of the mounted folder would make umount2() fail with EBUSY. */
static int unmount_in(int dir, const char *name, const struct record *record)
{
	int ret;

	if (!is_image(dir, name, record))
		return -EXDEV;
	if (fchdir(dir))
		return -errno;
	ret = umount2(name, UMOUNT_NOFOLLOW) ? -errno : 0;
	if (chdir("/") && !ret)
		ret = -errno;
	return ret;
}

/*
 * The components of the path before the last may be replaced meanwhile, so the parent is opened.
 * The mount point itself cannot be renamed while something is mounted there.
 */
int mount_point_unmount(const char *path, const struct record *record)
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
	ret = unmount_in(dir, name + 1, record);
	if (!ret)
		unlinkat(dir, name + 1, AT_REMOVEDIR);
	close(dir);
	return ret;
}
