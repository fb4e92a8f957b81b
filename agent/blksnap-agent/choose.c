// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <blkid/blkid.h>
#include <blksnap/blksnap.h>
#include <libmount/libmount.h>

#include "choose.h"
#include "say.h"
#include "stack.h"
#include "stock.h"

/* Those whose file blocks stay where they are, and that can protect a file. */
static const char *const types[] = { "ext4", "xfs" };

/*
 * Storage above a device of the snapshot would be copied itself; the kernel refuses it. Not
 * so on the device itself, or on a partition of it.
 */
static bool lies_above(dev_t storage, const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		dev_t number = targets->items[i].number;

		if (stack_disk(storage) != stack_disk(number) && stack_lies_on(storage, number))
			return true;
	}
	return false;
}

static bool shares_disk(dev_t storage, const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		if (stack_shares_disk(storage, targets->items[i].number))
			return true;
	return false;
}

/* An image's disk is named for the device that it is of. */
static bool lies_on_origin_of_image(dev_t storage)
{
	unsigned int major, minor;
	bool found = false;
	glob_t images;

	if (glob("/sys/block/blksnap-image_*", GLOB_NOSORT, NULL, &images))
		return false;
	for (size_t i = 0; i < images.gl_pathc; i++)
		if (sscanf(images.gl_pathv[i], "/sys/block/blksnap-image_%u:%u", &major, &minor) == 2)
			found |= stack_lies_on(storage, makedev(major, minor));
	globfree(&images);
	return found;
}

static bool lies_on_device_in(dev_t storage, const struct record *record)
{
	struct stat st;

	for (size_t i = 0; i < record->devices.count; i++)
		if (!stat(record->devices.items[i], &st) && stack_lies_on(storage, st.st_rdev))
			return true;
	return false;
}

/* Also of one that is in the making. */
static bool lies_on_device_of_other(dev_t storage, const struct blksnap_id *own)
{
	struct blksnap_id *ids = NULL;
	size_t count = 0;
	bool found = lies_on_origin_of_image(storage);

	record_list(&ids, &count);
	for (size_t i = 0; i < count && !found; i++) {
		struct record record;

		if (!memcmp(&ids[i], own, sizeof(*own)))
			continue;
		if (!record_read(&record, &ids[i]))
			found = lies_on_device_in(storage, &record);
		record_free(&record);
	}
	free(ids);
	return found;
}

static int check_folder(const char *path, const struct stat *st, const struct targets *targets)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *reason = NULL;
	int ret = fd < 0 ? -errno : blksnap_extents_check(fd, &reason);

	if (fd >= 0)
		close(fd);
	if (reason)
		say("cannot use %s for storage: %s; give a folder on ext4 or XFS, or a device",
		    path, reason);
	else if (ret)
		say_error(ret, "cannot use %s for storage", path);
	if (ret)
		return 1;
	if (!lies_above(st->st_dev, targets))
		return 0;
	say("cannot use %s for storage: it lies above a device of the snapshot", path);
	return 1;
}

/* What is on a device is lost when it becomes storage, so there must be nothing. */
static int check_empty(const char *path)
{
	blkid_probe probe = blkid_new_probe_from_filename(path);
	const char *type = NULL;
	int ret;

	if (!probe) {
		say_error(-errno, "cannot look at device %s", path);
		return 1;
	}
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_enable_partitions(probe, 1);
	ret = blkid_do_safeprobe(probe);
	if (ret == 1) {
		blkid_free_probe(probe);
		return 0;
	}
	if (blkid_probe_lookup_value(probe, "TYPE", &type, NULL))
		blkid_probe_lookup_value(probe, "PTTYPE", &type, NULL);
	say("cannot use device %s as storage: it holds data (%s); if it is not needed, run wipefs --all %s",
	    path, type ? type : "of some kind", path);
	blkid_free_probe(probe);
	return 1;
}

static int check_device(const char *path, const struct stat *st, const struct targets *targets)
{
	int fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);

	if (fd < 0) {
		say_error(-errno, "cannot use device %s as storage", path);
		return 1;
	}
	close(fd);
	for (size_t i = 0; i < targets->count; i++) {
		if (targets->items[i].number != st->st_rdev &&
		    !stack_lies_on(targets->items[i].number, st->st_rdev) &&
		    !stack_lies_on(st->st_rdev, targets->items[i].number))
			continue;
		say("cannot use device %s as storage: it has a part in the snapshot", path);
		return 1;
	}
	return check_empty(path);
}

int choose_check(const char *path, const struct targets *targets)
{
	struct stat st;

	if (stat(path, &st)) {
		say_error(-errno, "cannot use %s for storage", path);
		return 1;
	}
	if (S_ISBLK(st.st_mode))
		return check_device(path, &st, targets);
	return check_folder(path, &st, targets);
}

void choose_warn(const char *path, const struct blksnap_id *own)
{
	struct stat st;

	if (stat(path, &st))
		return;
	if (lies_on_device_of_other(S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev, own))
		say("%s lies on a device of another snapshot; if that stores on a device of this one, they can wait for each other until one is lost",
		    path);
}

/**
 * struct candidate - a place for storage
 * @path: of the folder
 * @unheld: not on a device of another snapshot
 * @apart: not on a disk of the snapshot
 * @room: bytes
 */
struct candidate {
	char *path;
	bool unheld;
	bool apart;
	uint64_t room;
};

static bool is_better(const struct candidate *one, const struct candidate *other)
{
	if (!other->path)
		return true;
	if (one->unheld != other->unheld)
		return one->unheld;
	if (one->apart != other->apart)
		return one->apart;
	return one->room > other->room;
}

static bool type_is_fit(struct libmnt_fs *fs)
{
	const char *type = mnt_fs_get_fstype(fs);

	for (size_t i = 0; type && i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(type, types[i]))
			return true;
	return false;
}

static bool is_fit(struct libmnt_fs *fs, const struct targets *targets, dev_t *number)
{
	const char *source = mnt_fs_get_srcpath(fs), *target = mnt_fs_get_target(fs);
	const char *root = mnt_fs_get_root(fs);
	struct statvfs vfs;
	struct stat st;

	if (!type_is_fit(fs) || !source || !target || (root && strcmp(root, "/")) ||
	    strstr(source, "/blksnap-image"))
		return false;
	if (statvfs(target, &vfs) || vfs.f_flag & ST_RDONLY || stat(target, &st))
		return false;
	*number = st.st_dev;
	return !lies_above(st.st_dev, targets);
}

static void consider(struct candidate *best, struct libmnt_fs *fs, const struct targets *targets,
		     const struct record *record, uint64_t bytes)
{
	struct candidate candidate;
	dev_t number;

	if (!is_fit(fs, targets, &number))
		return;
	candidate.room = stock_free_bytes(mnt_fs_get_target(fs), record);
	candidate.unheld = !lies_on_device_of_other(number, &record->id);
	candidate.apart = !shares_disk(number, targets);
	if (candidate.room < bytes || !is_better(&candidate, best))
		return;
	candidate.path = strdup(mnt_fs_get_target(fs));
	if (!candidate.path)
		return;
	free(best->path);
	*best = candidate;
}

char *choose_folder(const struct targets *targets, const struct record *record, uint64_t bytes)
{
	struct libmnt_table *table = mnt_new_table_from_file("/proc/self/mountinfo");
	struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct candidate best = {};
	struct libmnt_fs *fs;

	while (table && iter && !mnt_table_next_fs(table, iter, &fs))
		consider(&best, fs, targets, record, bytes);
	mnt_free_iter(iter);
	mnt_unref_table(table);
	return best.path;
}
