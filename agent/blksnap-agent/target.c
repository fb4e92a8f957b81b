// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <blkid/blkid.h>
#include <blksnap/blksnap.h>
#include <libmount/libmount.h>
#include <linux/fs.h>

#include "name.h"
#include "say.h"
#include "target.h"

static bool have(const struct targets *targets, dev_t number)
{
	for (size_t i = 0; i < targets->count; i++)
		if (targets->items[i].number == number)
			return true;
	return false;
}

static int append(struct targets *targets, const struct target *target)
{
	struct target *items;

	items = reallocarray(targets->items, targets->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	targets->items = items;
	items[targets->count++] = *target;
	return 0;
}

/* A device by its path; 0 or a negative errno. */
static int add_path(struct targets *targets, const char *path)
{
	struct target target = { .fd = blksnap_device_open(path) };
	struct stat st;
	int ret;

	if (target.fd < 0)
		return target.fd;
	ret = fstat(target.fd, &st) ? -errno : 0;
	if (!ret && have(targets, st.st_rdev)) {
		close(target.fd);
		return 0;
	}
	target.number = st.st_rdev;
	target.path = realpath(path, NULL);
	if (!ret)
		ret = target.path ? append(targets, &target) : -errno;
	if (ret) {
		close(target.fd);
		free(target.path);
	}
	return ret;
}

/* /sys/fs/btrfs/UUID/devices has a link for each device. */
static int add_btrfs_members(struct targets *targets, const char *uuid)
{
	struct dirent *entry;
	char *path;
	int ret = 0;
	DIR *dir;

	if (asprintf(&path, "/sys/fs/btrfs/%s/devices", uuid) < 0)
		return -ENOMEM;
	dir = opendir(path);
	free(path);
	if (!dir)
		return -errno;
	while (!ret && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		if (asprintf(&path, "/dev/%s", entry->d_name) < 0)
			ret = -ENOMEM;
		else
			ret = add_path(targets, path);
		if (ret != -ENOMEM)
			free(path);
	}
	closedir(dir);
	return ret;
}

static int add_mount(struct targets *targets, struct libmnt_fs *fs)
{
	const char *source = mnt_fs_get_srcpath(fs);
	const char *type = mnt_fs_get_fstype(fs);
	char *uuid;
	int ret;

	if (!source || *source != '/')
		return -ENOTBLK;
	if (!type || strcmp(type, "btrfs"))
		return add_path(targets, source);
	uuid = blkid_get_tag_value(NULL, "UUID", source);
	if (!uuid)
		return add_path(targets, source);
	ret = add_btrfs_members(targets, uuid);
	free(uuid);
	return ret;
}

static struct libmnt_table *mounts(void)
{
	return mnt_new_table_from_file("/proc/self/mountinfo");
}

static int add_mount_point(struct targets *targets, const char *path)
{
	struct libmnt_table *table = mounts();
	struct libmnt_fs *fs;
	int ret = -ENOENT;

	if (!table)
		return -ENOMEM;
	fs = mnt_table_find_target(table, path, MNT_ITER_BACKWARD);
	if (fs)
		ret = add_mount(targets, fs);
	mnt_unref_table(table);
	return ret;
}

/* "vg/lv", or the name that device mapper has for it. */
static int add_volume(struct targets *targets, const char *name)
{
	static const char *const formats[] = { "/dev/%s", "/dev/mapper/%s" };
	int ret = -ENOENT;

	for (size_t i = 0; ret == -ENOENT && i < 2; i++) {
		char path[4096];

		snprintf(path, sizeof(path), formats[i], name);
		ret = add_path(targets, path);
	}
	return ret;
}

static int add_name(struct targets *targets, const char *name)
{
	struct stat st;
	char *path;
	int ret;

	if (!stat(name, &st) && S_ISDIR(st.st_mode)) {
		path = realpath(name, NULL);
		ret = path ? add_mount_point(targets, path) : -errno;
		free(path);
		return ret == -ENOENT ? -ENOTBLK : ret;
	}
	ret = name_resolve(name, &path);
	if (ret)
		return ret;
	ret = add_path(targets, path);
	free(path);
	if (ret == -ENOENT && *name != '/' && !strchr(name, '='))
		return add_volume(targets, name);
	return ret;
}

int targets_add(struct targets *targets, const char *name)
{
	int ret = add_name(targets, name);

	if (!ret)
		return 0;
	if (ret == -ENOTUNIQ)
		say("cannot find device %s: several devices have it; name one by its path", name);
	else if (ret == -ENOTBLK)
		say("cannot use %s: it is neither a block device nor where one is mounted", name);
	else
		say_failed(BLKSNAP_DEVICE_OPEN, ret, "cannot open device %s", name);
	return 1;
}

static bool is_image(const char *path)
{
	return strstr(path, "/blksnap-image") != NULL;
}

/* A device that is read-only does not change. */
static bool is_read_only(const char *path)
{
	int fd = blksnap_device_open(path);
	int read_only = 0;

	if (fd < 0)
		return true;
	if (ioctl(fd, BLKROGET, &read_only))
		read_only = 0;
	close(fd);
	return read_only;
}

static int add_if_local(struct targets *targets, struct libmnt_fs *fs)
{
	const char *source = mnt_fs_get_srcpath(fs);
	int ret;

	if (mnt_fs_is_pseudofs(fs) || mnt_fs_is_netfs(fs) || !source || *source != '/' ||
	    is_image(source) || is_read_only(source))
		return 0;
	ret = add_mount(targets, fs);
	if (ret == -ENOTBLK)
		return 0;
	if (ret)
		say_failed(BLKSNAP_DEVICE_OPEN, ret, "cannot open device %s", source);
	return ret ? 1 : 0;
}

int targets_add_mounted(struct targets *targets)
{
	struct libmnt_table *table = mounts();
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	int status = 0;

	if (!table || !iter) {
		say_error(-ENOMEM, "cannot list what is mounted");
		status = 1;
	}
	while (!status && !mnt_table_next_fs(table, iter, &fs))
		status = add_if_local(targets, fs);
	mnt_free_iter(iter);
	mnt_unref_table(table);
	if (!status && !targets->count) {
		say("no local file system is mounted");
		status = 1;
	}
	return status;
}

int targets_add_one(struct targets *targets, const char *name)
{
	if (targets_add(targets, name))
		return 1;
	if (targets->count == 1)
		return 0;
	say("the file system at %s is on several devices; name one of them", name);
	return 1;
}

void targets_free(struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		close(targets->items[i].fd);
		free(targets->items[i].path);
	}
	free(targets->items);
}
