// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <blkid/blkid.h>
#include <linux/fs.h>

#include "device/identify.h"
#include "device/mounts.h"
#include "name.h"
#include "text_file.h"

#define BY_ID	"/dev/disk/by-id"

/* /dev/mapper/NAME is stable, the node /dev/dm-N is not. */
static char *mapper_path(dev_t number)
{
	char file[64], *name, *path = NULL;

	snprintf(file, sizeof(file), "/sys/dev/block/%u:%u/dm/name", major(number), minor(number));
	name = text_file_read(file);
	if (!name)
		return NULL;
	name[strcspn(name, "\n")] = '\0';
	if (asprintf(&path, "/dev/mapper/%s", name) < 0)
		path = NULL;
	free(name);
	return path;
}

/* Of several links, prefer the name of the model to bare numbers, which sort before it. */
static int is_entry(const struct dirent *entry)
{
	return *entry->d_name != '.' && strncmp(entry->d_name, "wwn-", 4) &&
	       strncmp(entry->d_name, "lvm-pv-", 7);
}

static char *link_by_id(dev_t number)
{
	struct dirent **entries;
	int count = scandir(BY_ID, &entries, is_entry, alphasort);
	char *found = NULL;

	for (int i = 0; i < count; i++) {
		char path[512];
		struct stat st;

		snprintf(path, sizeof(path), BY_ID "/%s", entries[i]->d_name);
		if (!found && !stat(path, &st) && S_ISBLK(st.st_mode) && st.st_rdev == number)
			found = strdup(path);
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return found;
}

static char *value_of(blkid_probe probe, const char *name)
{
	const char *value;

	return blkid_probe_lookup_value(probe, name, &value, NULL) ? NULL : strdup(value);
}

/* A device without a known file system has no tags. */
void identify_tags(struct member *member, int fd)
{
	blkid_probe probe = blkid_new_probe();

	if (probe && !blkid_probe_set_device(probe, fd, 0, 0)) {
		blkid_probe_enable_superblocks(probe, 1);
		blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_UUID | BLKID_SUBLKS_LABEL);
		if (!blkid_do_safeprobe(probe)) {
			member->uuid = value_of(probe, "UUID");
			member->label = value_of(probe, "LABEL");
		}
	}
	blkid_free_probe(probe);
}

/* The first mount of the whole file system, not of a folder of it (bind mount). */
static bool is_mount_of(struct libmnt_fs *fs, void *argument)
{
	struct member *member = argument;
	const char *root = mnt_fs_get_root(fs), *target = mnt_fs_get_target(fs);

	if (mnt_fs_get_devno(fs) != member->number || !target || (root && strcmp(root, "/")))
		return false;
	member->mount_point = strdup(target);
	return true;
}

int identify(struct member *member, int fd, const char *path, const char *given,
	     const char *mount_point)
{
	member->path = name_of_device(member->number);
	if (!member->path && path)
		member->path = realpath(path, NULL);
	member->given = strdup(given);
	if (mount_point)
		member->mount_point = strdup(mount_point);
	else
		mounts_visit(is_mount_of, member);
	if (!member->path)
		return -ENXIO;
	if (!member->given || (mount_point && !member->mount_point))
		return -ENOMEM;
	member->stable = mapper_path(member->number);
	if (!member->stable)
		member->stable = link_by_id(member->number);
	return ioctl(fd, BLKGETSIZE64, &member->size) ? -errno : 0;
}
