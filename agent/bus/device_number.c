// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "bus/device_number.h"
#include "cli/message.h"
#include "device/mounts.h"
#include "name.h"

static int add_number(struct strings *numbers, dev_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%u:%u", major(number), minor(number));
	return strings_have(numbers, text) ? 0 : strings_add(numbers, text);
}

static int add_node(struct strings *numbers, const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	return S_ISBLK(st.st_mode) ? add_number(numbers, st.st_rdev) : -ENOTBLK;
}

static int add_mounted(struct strings *numbers, struct libmnt_table *table, const char *path)
{
	struct libmnt_fs *fs = mnt_table_find_target(table, path, MNT_ITER_BACKWARD);
	struct fs_devices devices = {};
	int ret = fs ? mounts_devices(fs, &devices) : -ENOTBLK;

	for (size_t i = 0; !ret && i < devices.count; i++)
		ret = add_number(numbers, devices.items[i].number);
	free(devices.items);
	return ret;
}

static int add_folder(struct strings *numbers, const char *name)
{
	char *path = realpath(name, NULL);
	struct libmnt_table *table = path ? mounts_open() : NULL;
	int ret = table ? add_mounted(numbers, table, path) : -EINVAL;

	mnt_unref_table(table);
	free(path);
	return ret;
}

/* A path, a tag, or the name of a logical volume. */
static int add_device(struct strings *numbers, const char *name)
{
	static const char *const formats[] = { "%s", "/dev/%s", "/dev/mapper/%s" };
	size_t count = *name == '/' || strchr(name, '=') ? 1 : 3;
	char *resolved;
	int ret = name_resolve(name, &resolved);

	if (ret)
		return ret;
	ret = -ENOENT;
	for (size_t i = 0; ret == -ENOENT && i < count; i++) {
		char path[4096];

		snprintf(path, sizeof(path), formats[i], resolved);
		ret = add_node(numbers, path);
	}
	free(resolved);
	return ret;
}

int device_number_add(struct strings *numbers, const char *name)
{
	struct stat st;
	int ret;

	if (!stat(name, &st) && S_ISDIR(st.st_mode))
		ret = add_folder(numbers, name);
	else
		ret = add_device(numbers, name);
	if (!ret)
		return 0;
	if (ret == -ENOTUNIQ)
		message_error("cannot find device %s: several devices have it; name one by its path", name);
	else if (ret == -ENOTBLK)
		message_error("cannot use %s: it is neither a block device nor where one is mounted", name);
	else
		message_errno(ret, "cannot find device %s", name);
	return 1;
}
