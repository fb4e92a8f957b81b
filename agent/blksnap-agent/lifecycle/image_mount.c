// SPDX-License-Identifier: GPL-2.0-or-later
/* Mounting the images of a snapshot read-only, without journal replay, beside their origins. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <blkid/blkid.h>

#include "cli/message.h"
#include "lifecycle/image_mount.h"
#include "lifecycle/mount_point.h"
#include "state/image_uses.h"

extern char **environ;

static const struct {
	const char *type;
	const char *options;
} kinds[] = {
	{ "ext2", NULL },
	{ "ext3", "noload" },
	{ "ext4", "noload" },
	{ "xfs", "norecovery,nouuid" },
	{ "btrfs", "rescue=nologreplay" },
};

/* "mnt-data" for a device mounted at /mnt/data: the name is the same after a reboot. */
static char *name_for(const struct member *member)
{
	const char *path = member->mount_point;
	char *name;

	if (!path) {
		path = member->stable ? member->stable : member->path;
		path = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	}
	name = strdup(!strcmp(path, "/") ? "root" : path + (*path == '/'));
	for (char *slash = name; slash && (slash = strchr(slash, '/'));)
		*slash = '-';
	return name;
}

/* Two devices of one snapshot may yield the same name; the second gets a number. */
static char *free_name(const struct member *member, const struct strings *taken)
{
	char *name = name_for(member), *numbered;

	for (unsigned int i = 2; name && strings_have(taken, name); i++) {
		char *base = name_for(member);

		free(name);
		if (!base || asprintf(&numbered, "%s.%u", base, i) < 0)
			numbered = NULL;
		free(base);
		name = numbered;
	}
	return name;
}

/* The type of the file system. The caller frees it; NULL if there is none. */
static char *type_of(const char *image)
{
	blkid_probe probe = blkid_new_probe_from_filename(image);
	const char *type = NULL;
	char *copy = NULL;

	if (!probe)
		return NULL;
	blkid_probe_enable_superblocks(probe, 1);
	if (!blkid_do_safeprobe(probe) && !blkid_probe_lookup_value(probe, "TYPE", &type, NULL))
		copy = strdup(type);
	blkid_free_probe(probe);
	return copy;
}

static int run_program(char *const command[])
{
	int ret, status;
	pid_t pid;

	ret = posix_spawnp(&pid, command[0], NULL, NULL, command, environ);
	if (ret)
		return -ret;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

/* The number of devices of a btrfs, from its superblock, or a negative errno. */
static int64_t btrfs_devices(const char *image)
{
	const off_t superblock = 65536, num_devices = 0x88;
	int fd = open(image, O_RDONLY | O_CLOEXEC);
	uint64_t count = 0;
	ssize_t size;

	if (fd < 0)
		return -errno;
	size = pread(fd, &count, sizeof(count), superblock + num_devices);
	close(fd);
	return size == sizeof(count) ? (int64_t)le64toh(count) : -EIO;
}

/*
 * The kernel identifies the devices of a btrfs by an id, which the image shares with its origin.
 * btrfstune writes a new id into the superblocks of the image; the origin is not written to. In a
 * btrfs of several devices, btrfstune would find the other devices by that id, and would write to
 * origins.
 */
static int separate_btrfs(const char *image)
{
	char *const command[] = { "btrfstune", "-f", "-m", (char *)image, NULL };
	int64_t devices = btrfs_devices(image);
	int ret;

	if (devices != 1) {
		if (devices < 0)
			message_errno(devices, "cannot read %s", image);
		else
			message_error("cannot mount %s: it is one of %" PRIi64 " devices of a btrfs, which cannot be told from their origins",
				      image, devices);
		return 1;
	}
	ret = run_program(command);
	if (ret == -ENOENT)
		message_error("cannot mount %s: btrfstune is needed for btrfs; install btrfs-progs", image);
	else if (ret)
		message_error("cannot mount %s: btrfstune could not give the image an id of its own", image);
	return ret ? 1 : 0;
}

static const char *options_for(const char *type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].type, type))
			return kinds[i].options;
	return NULL;
}

/* The devices of an XFS that hold its log or its realtime section follow the main device. */
static char *all_options(const struct mounting *mounting, size_t i, const char *type)
{
	const char *own = options_for(type);
	struct strings options = {};
	char *option, *text;
	int ret = own ? strings_add(&options, own) : 0;

	for (i++; !ret && i < mounting->snapshot->record.devices.count; i++) {
		const struct image_status *device = &mounting->snapshot->devices[i];

		if (!device->member->role)
			break;
		if (asprintf(&option, "%s=%s",
			     strcmp(device->member->role, "log") ? "rtdev" : "logdev",
			     device->image) < 0)
			option = NULL;
		ret = option ? strings_add(&options, option) : -ENOMEM;
		free(option);
	}
	text = ret ? NULL : strings_join(&options, ",");
	strings_free(&options);
	return text;
}

static int mount_on(const struct mounting *mounting, size_t i, int folder, const char *name,
		    const char *type)
{
	const char *image = mounting->snapshot->devices[i].image;
	char *options = all_options(mounting, i, type);
	int ret = options ? mount_point_mount(folder, image, type, options) : -ENOMEM;

	free(options);
	if (ret)
		message_errno(ret, "cannot mount %s (%s) at %s/%s", image, type, mounting->path,
			      name);
	return ret ? 1 : 0;
}

static int mount_image(const struct mounting *mounting, size_t i, int folder, const char *name)
{
	const char *image = mounting->snapshot->devices[i].image;
	char *type = type_of(image);
	int status = 1;

	if (!type) {
		message_error("cannot mount %s: no file system was found; if it is a whole disk, try losetup --read-only --partscan --find --show %s",
			      image, image);
		return 1;
	}
	if (strcmp(type, "btrfs") || !separate_btrfs(image))
		status = mount_on(mounting, i, folder, name, type);
	free(type);
	return status;
}

static int note_folder(struct mounting *mounting, size_t i, const char *name)
{
	char *path;
	int ret;

	if (asprintf(&path, "%s/%s", strcmp(mounting->path, "/") ? mounting->path : "", name) < 0)
		return 1;
	ret = strings_add(&mounting->names, name);
	if (!ret)
		ret = strings_add(&mounting->folders, path);
	if (!ret)
		ret = strings_add(&mounting->devices, mounting->snapshot->devices[i].member->path);
	free(path);
	return ret ? 1 : 0;
}

static int mount_device(struct mounting *mounting, size_t i)
{
	const struct image_status *device = &mounting->snapshot->devices[i];
	bool made = false;
	int folder, status = 1;
	char *name;

	if (!*device->image || device->error) {
		message_error("cannot mount the image of %s: %s", device->member->path,
			      device->error ? "it is lost" : "there is none");
		return 1;
	}
	name = free_name(device->member, &mounting->names);
	folder = name ? mount_point_make(mounting->dir, mounting->path, name, &made) : -1;
	if (folder >= 0) {
		status = mount_image(mounting, i, folder, name);
		close(folder);
	}
	if (!status)
		status = note_folder(mounting, i, name);
	else if (made)
		unlinkat(mounting->dir, name, AT_REMOVEDIR);
	free(name);
	return status;
}

int image_unmount_all(const struct record *record, const char *text)
{
	struct strings folders = {};
	int ret = image_uses_mounted(record, &folders);
	int status = 0;

	if (ret)
		message_errno(ret, "cannot tell where snapshot %s is mounted", text);
	for (size_t i = 0; i < folders.count; i++) {
		int error = mount_point_unmount(folders.items[i], record);

		if (!error)
			continue;
		message_errno(error, "cannot unmount %s", folders.items[i]);
		status = 1;
	}
	strings_free(&folders);
	return ret ? 1 : status;
}

int image_mount_all(struct mounting *mounting, const char *text)
{
	int status = 0;

	for (size_t i = 0; !status && i < mounting->snapshot->record.devices.count; i++)
		if (!mounting->snapshot->devices[i].member->role)
			status = mount_device(mounting, i);
	if (status)
		image_unmount_all(&mounting->snapshot->record, text);
	return status;
}
