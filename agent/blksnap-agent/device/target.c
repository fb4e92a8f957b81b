// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <blksnap/blksnap.h>
#include <linux/fs.h>

#include "cli/message.h"
#include "device/identify.h"
#include "device/mounts.h"
#include "device/stack.h"
#include "device/target.h"
#include "name.h"

bool targets_have(const struct targets *targets, dev_t number)
{
	for (size_t i = 0; i < targets->count; i++)
		if (targets->items[i].member.number == number)
			return true;
	return false;
}

static int append_target(struct targets *targets, const struct target *target)
{
	struct target *items;

	items = reallocarray(targets->items, targets->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	targets->items = items;
	items[targets->count++] = *target;
	return 0;
}

/* Takes ownership of @fd. @path is a path of the device, or NULL. */
static int add_open(struct targets *targets, int fd, const char *path, const char *given,
		    const char *mount_point, const char *role)
{
	struct target target = { .fd = fd };
	struct stat st;
	int ret;

	ret = fstat(fd, &st) ? -errno : 0;
	if (ret || targets_have(targets, st.st_rdev)) {
		close(fd);
		return ret;
	}
	target.member.number = st.st_rdev;
	target.member.role = role ? strdup(role) : NULL;
	ret = role && !target.member.role ? -ENOMEM : 0;
	if (!ret)
		ret = identify(&target.member, fd, path, given, mount_point);
	if (!ret)
		ret = append_target(targets, &target);
	if (ret) {
		close(fd);
		member_free(&target.member);
	}
	return ret;
}

static int add_path(struct targets *targets, const char *path, const char *given)
{
	int fd = blksnap_device_open(path);

	return fd < 0 ? fd : add_open(targets, fd, path, given, NULL, NULL);
}

/* Add all devices of a mounted file system. Its log and realtime device have no mount point. */
static int add_devices(struct targets *targets, const struct fs_devices *devices,
		       const char *given, const char *mount_point)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < devices->count; i++) {
		const struct fs_device *device = &devices->items[i];
		const struct member member = { .number = device->number };
		int fd = member_open(&member);

		ret = fd < 0 ? fd : add_open(targets, fd, NULL, given,
					     device->role ? NULL : mount_point, device->role);
	}
	return ret;
}

static int add_mount(struct targets *targets, struct libmnt_fs *fs, const char *given)
{
	struct fs_devices devices = {};
	int ret = mounts_devices(fs, &devices);

	if (!ret)
		ret = add_devices(targets, &devices, given, mnt_fs_get_target(fs));
	free(devices.items);
	return ret;
}

static int add_mount_point(struct targets *targets, const char *path, const char *given)
{
	struct libmnt_table *table = mounts_open();
	struct libmnt_fs *fs;
	int ret = -ENOENT;

	if (!table)
		return -ECANCELED;
	fs = mnt_table_find_target(table, path, MNT_ITER_BACKWARD);
	if (fs)
		ret = add_mount(targets, fs, given);
	mnt_unref_table(table);
	return ret;
}

/* The name of a logical volume: VG/LV, or the name in device mapper. */
static int add_volume(struct targets *targets, const char *name)
{
	static const char *const formats[] = { "/dev/%s", "/dev/mapper/%s" };
	int ret = -ENOENT;

	for (size_t i = 0; ret == -ENOENT && i < 2; i++) {
		char path[4096];

		snprintf(path, sizeof(path), formats[i], name);
		ret = add_path(targets, path, name);
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
		ret = path ? add_mount_point(targets, path, name) : -errno;
		free(path);
		return ret == -ENOENT ? -ENOTBLK : ret;
	}
	ret = name_resolve(name, &path);
	if (ret)
		return ret;
	ret = add_path(targets, path, name);
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
		message_error("cannot find device %s: several devices have it; name one by its path", name);
	else if (ret == -ENOTBLK)
		message_error("cannot use %s: it is neither a block device nor where one is mounted", name);
	else if (ret == -EXDEV)
		message_error("cannot use %s: another mount hides it", name);
	else if (ret != -ECANCELED)
		message_failed(BLKSNAP_DEVICE_OPEN, ret, "cannot open device %s", name);
	return 1;
}

/**
 * struct mounted_search - adding the devices of all mounted file systems
 * @targets: the result
 * @excluded: devices that the user excluded
 * @left_out: file systems that are left out for another reason, each with the reason
 * @ret: the first error, as a negative errno
 */
struct mounted_search {
	struct targets *targets;
	struct targets excluded;
	struct strings left_out;
	int ret;
};

/* A read-only device does not change. Returns a negative errno if the device cannot be opened. */
static int is_read_only(dev_t number)
{
	const struct member member = { .number = number };
	int fd = member_open(&member);
	int read_only = 0;

	if (fd < 0)
		return fd;
	if (ioctl(fd, BLKROGET, &read_only))
		read_only = 0;
	close(fd);
	return read_only;
}

static int leave_out(struct mounted_search *search, struct libmnt_fs *fs, const char *reason)
{
	char *text;
	int ret;

	if (asprintf(&text, "%s (%s)", mnt_fs_get_target(fs), reason) < 0)
		return -ENOMEM;
	ret = strings_have(&search->left_out, text) ? 0 : strings_add(&search->left_out, text);
	free(text);
	return ret;
}

/* Returns why a device cannot be a target, or NULL. */
static const char *reason_against(dev_t number)
{
	int ret = is_read_only(number);

	if (stack_is_on_image(number))
		return "on an image of a snapshot";
	if (ret < 0)
		return blksnap_strerror(BLKSNAP_DEVICE_OPEN, ret);
	return ret ? "its device is read-only" : NULL;
}

/* Add all devices of a file system, or none of them. */
static int add_or_leave_out(struct mounted_search *search, struct libmnt_fs *fs,
			    const struct fs_devices *devices)
{
	const char *path = mnt_fs_get_target(fs);
	int ret;

	for (size_t i = 0; i < devices->count; i++) {
		const char *reason = reason_against(devices->items[i].number);

		if (targets_have(&search->excluded, devices->items[i].number))
			return 0;
		if (reason)
			return leave_out(search, fs, reason);
	}
	ret = add_devices(search->targets, devices, path, path);
	if (!ret || ret == -ENOMEM)
		return ret;
	return leave_out(search, fs, blksnap_strerror(BLKSNAP_DEVICE_OPEN, ret));
}

/* A file system without a block device is remote, or in memory. */
static bool may_be_local(struct libmnt_fs *fs)
{
	const char *source = mnt_fs_get_source(fs);

	return !mnt_fs_is_pseudofs(fs) && !mnt_fs_is_netfs(fs) &&
	       (major(mnt_fs_get_devno(fs)) || (source && *source == '/'));
}

static bool add_if_local(struct libmnt_fs *fs, void *argument)
{
	struct mounted_search *search = argument;
	struct fs_devices devices = {};
	int ret;

	if (!may_be_local(fs))
		return false;
	ret = mounts_devices(fs, &devices);
	if (!ret)
		search->ret = add_or_leave_out(search, fs, &devices);
	else if (ret == -ENOMEM)
		search->ret = ret;
	else
		search->ret = leave_out(search, fs, ret == -EXDEV ? "another mount hides it" :
					ret == -ENOTBLK ? "it does not tell its devices" :
					strerror(-ret));
	free(devices.items);
	return search->ret;
}

static int add_all_mounted(struct mounted_search *search, const struct strings *excluded)
{
	char *text;

	for (size_t i = 0; i < excluded->count; i++)
		if (targets_add(&search->excluded, excluded->items[i]))
			return 1;
	mounts_visit(add_if_local, search);
	if (search->ret) {
		message_errno(search->ret, "cannot list what is mounted");
		return 1;
	}
	text = strings_join(&search->left_out, ", ");
	if (search->left_out.count)
		message_note("--all leaves out %s", text ? text : "something");
	free(text);
	if (search->targets->count)
		return 0;
	message_error("no local file system is mounted");
	return 1;
}

int targets_add_mounted(struct targets *targets, const struct strings *excluded)
{
	struct mounted_search search = { .targets = targets };
	int status = add_all_mounted(&search, excluded);

	targets_free(&search.excluded);
	strings_free(&search.left_out);
	return status;
}

int targets_add_one(struct targets *targets, const char *name)
{
	if (targets_add(targets, name))
		return 1;
	if (targets->count == 1)
		return 0;
	message_error("the file system at %s is on several devices; name one of them", name);
	return 1;
}

void targets_free(struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		close(targets->items[i].fd);
		member_free(&targets->items[i].member);
	}
	free(targets->items);
}
