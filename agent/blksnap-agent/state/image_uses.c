// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/mounts.h"
#include "device/stack.h"
#include "state/image_uses.h"
#include "state/snapshot_status.h"
#include "text_file.h"

/* Find the path and the device number of a member's image. Returns false if there is no image. */
static bool find_image(const struct member *member, char image[64], dev_t *number)
{
	struct stat st;
	int error;

	if (snapshot_status_image(member, image, &error) || !*image || stat(image, &st))
		return false;
	*number = st.st_rdev;
	return true;
}

/* A mounted btrfs has an anonymous device number; its source is the image. */
static bool is_mount_of(struct libmnt_fs *fs, const char *image, dev_t number)
{
	const char *source = mnt_fs_get_srcpath(fs);

	return mnt_fs_get_devno(fs) == number || (source && !strcmp(source, image));
}

static int add_mounts(const char *file, const char *image, dev_t number, struct strings *folders)
{
	struct libmnt_table *table = mnt_new_table_from_file(file);
	struct libmnt_iter *iter = table ? mnt_new_iter(MNT_ITER_BACKWARD) : NULL;
	struct libmnt_fs *fs;
	int ret = iter ? 0 : errno ? -errno : -ENOMEM;

	while (!ret && !mnt_table_next_fs(table, iter, &fs))
		if (is_mount_of(fs, image, number))
			ret = strings_add(folders, mnt_fs_get_target(fs));
	mnt_free_iter(iter);
	mnt_unref_table(table);
	return ret;
}

int image_uses_mounted(const struct record *record, struct strings *folders)
{
	char image[64];
	dev_t number;
	int ret = 0;

	for (size_t i = 0; !ret && i < record->devices.count; i++)
		if (find_image(&record->devices.items[i], image, &number))
			ret = add_mounts("/proc/self/mountinfo", image, number, folders);
	return ret;
}

/**
 * struct mount_lookup - search for one mount
 * @record: the snapshot whose images may be mounted there
 * @id: of the mount
 */
struct mount_lookup {
	const struct record *record;
	int id;
};

static bool is_image_mount(struct libmnt_fs *fs, void *argument)
{
	const struct mount_lookup *lookup = argument;
	char image[64];
	dev_t number;

	for (size_t i = 0; mnt_fs_get_id(fs) == lookup->id && i < lookup->record->devices.count;
	     i++)
		if (find_image(&lookup->record->devices.items[i], image, &number) &&
		    is_mount_of(fs, image, number))
			return true;
	return false;
}

bool image_uses_is_mount(const struct record *record, int mount_id)
{
	struct mount_lookup lookup = { record, mount_id };

	return mounts_visit(is_image_mount, &lookup);
}

/* Add "IMAGE is used by DEVICE" for each device that is stacked on the image. */
static int add_devices(const char *image, dev_t image_number, struct strings *texts)
{
	DIR *dir = opendir("/sys/dev/block");
	unsigned int major_number, minor_number;
	struct dirent *entry;
	char path[4096], *text;
	int ret = 0;

	if (!dir)
		return -errno;
	while (!ret && (entry = readdir(dir))) {
		dev_t number;

		if (sscanf(entry->d_name, "%u:%u", &major_number, &minor_number) != 2)
			continue;
		number = makedev(major_number, minor_number);
		if (number == image_number || !stack_is_on(number, image_number))
			continue;
		if (blksnap_device_path(major_number, minor_number, path, sizeof(path)))
			snprintf(path, sizeof(path), "device %s", entry->d_name);
		if (asprintf(&text, "%s is used by %s", image, path) < 0)
			text = NULL;
		ret = text ? strings_add(texts, text) : -ENOMEM;
		free(text);
	}
	closedir(dir);
	return ret;
}

/* The mount namespace of a process, as text. Returns false if the process is gone. */
static bool namespace_of(const char *pid, char text[64])
{
	char path[300];
	ssize_t length;

	snprintf(path, sizeof(path), "/proc/%s/ns/mnt", pid);
	length = readlink(path, text, 63);
	if (length < 0)
		return false;
	text[length] = '\0';
	return true;
}

/* A process that has exited meanwhile is skipped. */
static int add_mounts_of(const char *pid, const char *image, dev_t number, struct strings *texts)
{
	struct strings folders = {};
	char path[300], name[32] = "", *comm, *text;
	int ret = 0;

	snprintf(path, sizeof(path), "/proc/%s/mountinfo", pid);
	add_mounts(path, image, number, &folders);
	if (folders.count) {
		snprintf(path, sizeof(path), "/proc/%s/comm", pid);
		comm = text_file_read(path);
		snprintf(name, sizeof(name), "%.*s", comm ? (int)strcspn(comm, "\n") : 0,
			 comm ? comm : "");
		free(comm);
		if (asprintf(&text, "%s is mounted at %s for process %s (%s)", image,
			     folders.items[0], pid, name) < 0)
			text = NULL;
		ret = text ? strings_add(texts, text) : -ENOMEM;
		free(text);
	}
	strings_free(&folders);
	return ret;
}

/* Look at one process of each other mount namespace. */
static int add_foreign_mounts(const char *image, dev_t number, struct strings *texts)
{
	struct strings seen = {};
	char own[64], text[64];
	struct dirent *entry;
	DIR *dir = opendir("/proc");
	int ret = dir ? 0 : -errno;

	if (!ret && (!namespace_of("self", own) || strings_add(&seen, own)))
		ret = -ENOENT;
	while (!ret && (entry = readdir(dir))) {
		if (*entry->d_name < '0' || *entry->d_name > '9' ||
		    !namespace_of(entry->d_name, text) || strings_have(&seen, text))
			continue;
		ret = strings_add(&seen, text);
		if (!ret)
			ret = add_mounts_of(entry->d_name, image, number, texts);
	}
	if (dir)
		closedir(dir);
	strings_free(&seen);
	return ret;
}

/* Whether the device is open exclusively, by a mount or by another program. */
static bool is_claimed(const char *image)
{
	int fd = open(image, O_RDONLY | O_EXCL | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EBUSY;
}

static int add_uses(const char *image, dev_t number, struct strings *texts)
{
	size_t before = texts->count;
	char *text;
	int ret = add_devices(image, number, texts);

	/*
	 * A stale mount of an earlier image with the same device number does not claim this image.
	 */
	if (ret || !is_claimed(image))
		return ret;
	ret = add_foreign_mounts(image, number, texts);
	if (ret || texts->count > before)
		return ret;
	if (asprintf(&text, "%s is in use", image) < 0)
		return -ENOMEM;
	ret = strings_add(texts, text);
	free(text);
	return ret;
}

int image_uses_elsewhere(const struct record *record, struct strings *texts)
{
	char image[64];
	dev_t number;
	int ret = 0;

	for (size_t i = 0; !ret && i < record->devices.count; i++)
		if (find_image(&record->devices.items[i], image, &number))
			ret = add_uses(image, number, texts);
	return ret;
}
