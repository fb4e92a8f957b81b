// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/btrfs.h>

#include <blksnap/blksnap.h>

#include "cli/message.h"
#include "device/folder.h"
#include "device/mounts.h"

#define MOUNTINFO	"/proc/self/mountinfo"

struct libmnt_table *mounts_open(void)
{
	struct libmnt_table *table;

	errno = 0;
	table = mnt_new_table_from_file(MOUNTINFO);
	if (!table)
		message_errno(errno ? errno : ENOMEM,
			      "cannot read what is mounted from " MOUNTINFO);
	return table;
}

bool mounts_visit(bool (*visit)(struct libmnt_fs *fs, void *argument), void *argument)
{
	struct libmnt_table *table = mounts_open();
	struct libmnt_iter *iter = table ? mnt_new_iter(MNT_ITER_FORWARD) : NULL;
	struct libmnt_fs *fs;
	bool done = false;

	if (table && !iter)
		message_errno(-ENOMEM, "cannot go through what is mounted");
	while (iter && !done && !mnt_table_next_fs(table, iter, &fs))
		done = visit(fs, argument);
	mnt_free_iter(iter);
	mnt_unref_table(table);
	return done;
}

int mounts_id_of(int fd)
{
	char path[64], line[128];
	int id = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	while (file && id < 0 && fgets(line, sizeof(line), file))
		if (sscanf(line, "mnt_id: %d", &id) != 1)
			id = -1;
	if (file)
		fclose(file);
	return id;
}

int mounts_open_folder(struct libmnt_fs *fs, char **foreign)
{
	const char *path = mnt_fs_get_target(fs);
	int fd = path ? folder_open(path, foreign) : -ENOENT;

	if (fd < 0 || mounts_id_of(fd) == mnt_fs_get_id(fs))
		return fd;
	close(fd);
	if (foreign) {
		free(*foreign);
		*foreign = NULL;
	}
	return -EXDEV;
}

static int add_device(struct fs_devices *devices, dev_t number, const char *role)
{
	struct fs_device *items;

	items = reallocarray(devices->items, devices->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	devices->items = items;
	items[devices->count].number = number;
	items[devices->count++].role = role;
	return 0;
}

/* FOLDER/NAME/dev contains MAJOR:MINOR. */
static int add_from_sysfs(struct fs_devices *devices, int folder, const char *name)
{
	unsigned int major_number, minor_number;
	char path[512], text[32] = "";
	int fd, ret = -ENXIO;

	snprintf(path, sizeof(path), "%s/dev", name);
	fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (read(fd, text, sizeof(text) - 1) > 0 &&
	    sscanf(text, "%u:%u", &major_number, &minor_number) == 2)
		ret = add_device(devices, makedev(major_number, minor_number), NULL);
	close(fd);
	return ret;
}

/* /sys/fs/btrfs/ID/devices contains a link for each device. */
static int add_btrfs_members(struct fs_devices *devices, const struct blksnap_id *id)
{
	char path[128], text[BLKSNAP_ID_TEXT];
	struct dirent *entry;
	int ret = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/fs/btrfs/%s/devices", blksnap_id_format(id, text));
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (!ret && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			ret = add_from_sysfs(devices, dirfd(dir), entry->d_name);
	closedir(dir);
	return ret;
}

/* The device number of a mounted btrfs is an anonymous one, so the file system is asked. */
static int add_btrfs(struct libmnt_fs *fs, struct fs_devices *devices)
{
	struct btrfs_ioctl_fs_info_args info = {};
	struct blksnap_id id;
	int fd = mounts_open_folder(fs, NULL);
	int ret;

	if (fd < 0)
		return fd;
	ret = ioctl(fd, BTRFS_IOC_FS_INFO, &info) ? -errno : 0;
	close(fd);
	memcpy(&id, info.fsid, sizeof(id));
	return ret ? ret : add_btrfs_members(devices, &id);
}

/* The log and the realtime device of an XFS are only named in the mount options. */
static int add_second(struct libmnt_fs *fs, const char *option, const char *role,
		      struct fs_devices *devices)
{
	size_t length;
	char *value, *path;
	struct stat st;
	int ret = 0;

	if (mnt_fs_get_option(fs, option, &value, &length))
		return 0;
	path = strndup(value, length);
	if (!path)
		return -ENOMEM;
	if (stat(path, &st))
		ret = -errno;
	else if (!S_ISBLK(st.st_mode))
		ret = -ENOTBLK;
	free(path);
	return ret ? ret : add_device(devices, st.st_rdev, role);
}

int mounts_devices(struct libmnt_fs *fs, struct fs_devices *devices)
{
	const char *type = mnt_fs_get_fstype(fs);
	dev_t number = mnt_fs_get_devno(fs);
	int ret;

	if (type && !strcmp(type, "btrfs"))
		return add_btrfs(fs, devices);
	if (!major(number))
		return -ENOTBLK;
	ret = add_device(devices, number, NULL);
	if (!ret && type && !strcmp(type, "xfs"))
		ret = add_second(fs, "logdev", "log", devices);
	if (!ret && type && !strcmp(type, "xfs"))
		ret = add_second(fs, "rtdev", "realtime", devices);
	return ret;
}
