// SPDX-License-Identifier: GPL-2.0-or-later
/* The file systems of a point, to be looked at and for single files. */
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalogue.h"
#include "nbd_device.h"
#include "options.h"
#include "say.h"

/* What keeps a file system from writing, and from its twin that is mounted. */
static const struct {
	const char *type;
	const char *options;
} types[] = {
	{ "ext2", "" }, { "ext3", "noload" }, { "ext4", "noload" }, { "xfs", "norecovery,nouuid" },
	{ "btrfs", "rescue=nologreplay" }, { "f2fs", "norecovery" }, { "vfat", "" },
	{ "exfat", "" }, { "ntfs3", "" }, { "iso9660", "" }, { "squashfs", "" }, { "erofs", "" },
};

#define TYPE_COUNT	(sizeof(types) / sizeof(types[0]))
#define FLAGS		(MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)

/* "/mnt/data" is "mnt-data", "/" is "root"; without a mount point the device's name. */
static void folder_name(struct json_object *device, char name[CHAIN_FILE])
{
	const char *point = manifest_text(device, "mount_point");

	snprintf(name, CHAIN_FILE, "%s", point && *point == '/' ? point + 1 : "");
	if (point && !strcmp(point, "/"))
		strcpy(name, "root");
	for (char *byte = name; *byte; byte++)
		if (*byte == '/')
			*byte = '-';
	if (!manifest_name_valid(name))
		snprintf(name, CHAIN_FILE, "%s", manifest_text(device, "name"));
}

/* Of what blkid finds on the device; NULL if it is none that we can mount. */
static const char *type_of(const char *device, const char **options)
{
	struct child child = {};
	const char *type = NULL;
	char *text = NULL;

	child_add_all(&child, "blkid", "-p", "-o", "value", "-s", "TYPE", device, NULL);
	if (!child_run(&child, &text)) {
		text[strcspn(text, "\n")] = '\0';
		for (size_t i = 0; i < TYPE_COUNT; i++)
			if (!strcmp(types[i].type, text)) {
				type = types[i].type;
				*options = types[i].options;
			}
	}
	free(text);
	return type;
}

static int mount_at(const char *device, const char *dir, const char *name)
{
	const char *type, *options;
	char *path;
	int ret = 0;

	type = type_of(device, &options);
	if (!type) {
		say_note("%s has no file system of a kind that can be mounted", name);
		return 1;
	}
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return -1;
	if ((mkdir(path, 0700) && errno != EEXIST) || mount(device, path, type, FLAGS, options)) {
		say_error(errno, "cannot mount %s at %s", name, path);
		rmdir(path);
		ret = -1;
	} else if (!say_is_json() && !say_is_quiet()) {
		printf("%s\n", path);
	}
	free(path);
	return ret;
}

/* 0, 1 if it has nothing to mount, or -1 */
static int mount_device(const struct catalogue *catalogue, const struct point *point,
			struct json_object *device, const char *dir)
{
	char node[NBD_DEVICE], name[CHAIN_FILE];
	struct chain chain;
	int ret;

	if (chain_open(&chain, catalogue, point, manifest_text(device, "name")))
		return -1;
	ret = nbd_device_connect(&chain, catalogue->readers, node);
	chain_close(&chain);
	if (ret)
		return -1;
	folder_name(device, name);
	ret = mount_at(node, dir, name);
	if (ret)
		nbd_device_disconnect(node);
	return ret;
}

/* Its real path, to be freed: nobody else may put a link in the way. */
static char *check_folder(const char *dir)
{
	char *path = realpath(dir, NULL);
	struct stat st;

	if (!path || lstat(path, &st)) {
		say_error(errno, "cannot mount at %s", dir);
	} else if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() || st.st_mode & 022) {
		say("cannot mount at %s: it must be a folder that root alone can change", dir);
	} else {
		return path;
	}
	free(path);
	return NULL;
}

/* What is mounted below a folder from one of our devices, the last first; 0 or -1. */
static int umount_all(const char *dir, size_t *count)
{
	char *points[256], *devices[256];
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	size_t length = strlen(dir), found = 0;
	struct mntent *entry;
	int ret = 0;

	while (mounts && found < 256 && (entry = getmntent(mounts)))
		if (!strncmp(entry->mnt_dir, dir, length) && entry->mnt_dir[length] == '/' &&
		    !strncmp(entry->mnt_fsname, "/dev/nbd", 8)) {
			points[found] = strdup(entry->mnt_dir);
			devices[found++] = strdup(entry->mnt_fsname);
		}
	if (mounts)
		endmntent(mounts);
	*count = found;
	while (found-- > 0) {
		if (umount(points[found])) {
			say_error(errno, "cannot unmount %s", points[found]);
			ret = -1;
		} else {
			rmdir(points[found]);
			ret |= nbd_device_disconnect(devices[found]);
		}
		free(points[found]);
		free(devices[found]);
	}
	return ret;
}

static int mount_point(const struct catalogue *catalogue, const struct point *point,
		       const char *dir)
{
	size_t mounted = 0, undone;

	for (size_t i = 0; i < manifest_device_count(point->manifest); i++) {
		int ret = mount_device(catalogue, point, manifest_device_at(point->manifest, i), dir);

		if (ret < 0) {
			umount_all(dir, &undone);
			return -1;
		}
		mounted += !ret;
	}
	if (mounted)
		return 0;
	say("point %s has no file system that can be mounted", point->name);
	return -1;
}

static int run_mount(const struct options *options)
{
	struct catalogue catalogue;
	int status = catalogue_open(&catalogue, options->target, options->set, CATALOGUE_READ);
	struct point *point = status ? NULL : catalogue_choose(&catalogue, options->point);
	char *dir = point ? check_folder(options->words[0]) : NULL;

	if (!status && (!dir || mount_point(&catalogue, point, dir)))
		status = STATUS_FAILED;
	free(dir);
	catalogue_close(&catalogue);
	return status;
}

static int run_umount(const struct options *options)
{
	char *dir = realpath(options->words[0], NULL);
	size_t count = 0;
	int ret;

	if (!dir) {
		say_error(errno, "cannot find %s", options->words[0]);
		return STATUS_FAILED;
	}
	ret = umount_all(dir, &count);
	if (!count)
		say("nothing of blksnap-backup is mounted below %s", dir);
	free(dir);
	return ret || !count ? STATUS_FAILED : STATUS_OK;
}

const struct command command_mount = {
	.name = "mount",
	.usage = "TARGET[@POINT] DIR [--set NAME]",
	.summary = "Mount the file systems of a point, read-only",
	.takes = OPTION_SET,
	.least = 1,
	.most = 1,
	.run = run_mount,
};

const struct command command_umount = {
	.name = "umount",
	.usage = "DIR",
	.summary = "Unmount them",
	.no_target = true,
	.least = 1,
	.most = 1,
	.run = run_umount,
};
