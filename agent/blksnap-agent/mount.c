// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Mounts the images of a snapshot, read-only and so that nothing is written to them, beside
 * their origins.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <blkid/blkid.h>

#include "command.h"
#include "find.h"
#include "mounted.h"
#include "output.h"
#include "say.h"
#include "status.h"
#include "view.h"

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

/* A name for the folder: what is behind "/dev/", with no more slashes. */
static char *folder_for(const char *dir, const char *device)
{
	const char *name = strncmp(device, "/dev/", 5) ? device : device + 5;
	char *path, *slash;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return NULL;
	slash = path + strlen(dir) + 1;
	while ((slash = strchr(slash, '/')))
		*slash = '_';
	return path;
}

/* The type of the file system, to be freed, or NULL. */
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
 * btrfs knows devices by the id that the image shares with its origin. The image gets
 * another one, which is a write of its superblocks: to the image, not to the origin. With
 * several devices btrfstune looks for the others by that id, and would write to origins.
 */
static int separate_btrfs(const char *image)
{
	char *const command[] = { "btrfstune", "-f", "-m", (char *)image, NULL };
	int64_t devices = btrfs_devices(image);
	int ret;

	if (devices != 1) {
		if (devices < 0)
			say_error(devices, "cannot read %s", image);
		else
			say("cannot mount %s: it is one of %" PRIi64 " devices of a btrfs, which cannot be told from their origins",
			    image, devices);
		return 1;
	}
	ret = run_program(command);
	if (ret == -ENOENT)
		say("cannot mount %s: btrfstune is needed for btrfs; install btrfs-progs", image);
	else if (ret)
		say("cannot mount %s: btrfstune could not give the image an id of its own", image);
	return ret ? 1 : 0;
}

static const char *options_for(const char *type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].type, type))
			return kinds[i].options;
	return NULL;
}

static int mount_image(const char *image, const char *folder)
{
	char *type = type_of(image);
	int status = 1;

	if (!type) {
		say("cannot mount %s: no file system was found; if it is a whole disk, try losetup --read-only --partscan --find --show %s",
		    image, image);
		return 1;
	}
	if (strcmp(type, "btrfs") || !separate_btrfs(image)) {
		status = mount(image, folder, type, MS_RDONLY | MS_NODEV | MS_NOSUID,
			       options_for(type)) ? 1 : 0;
		if (status)
			say_error(-errno, "cannot mount %s (%s) at %s", image, type, folder);
	}
	free(type);
	return status;
}

static int mount_device(const struct view_device *device, const char *dir,
			struct strings *folders)
{
	char *folder = folder_for(dir, device->path);
	int status = 1;

	if (!folder)
		return 1;
	if (!*device->image || device->error)
		say("cannot mount the image of %s: %s", device->path,
		    device->error ? "it is lost" : "there is none");
	else if (mkdir(folder, 0755) && errno != EEXIST)
		say_error(-errno, "cannot make %s", folder);
	else
		status = mount_image(device->image, folder);
	if (status)
		rmdir(folder);
	else if (strings_add(folders, folder))
		status = 1;
	free(folder);
	return status;
}

static int unmount_all(const struct record *record, const char *text)
{
	struct strings folders = {};
	int ret = mounted_images(record, &folders);
	int status = 0;

	if (ret)
		say_error(ret, "cannot tell where snapshot %s is mounted", text);
	for (size_t i = 0; i < folders.count; i++) {
		if (umount2(folders.items[i], UMOUNT_NOFOLLOW)) {
			say_error(-errno, "cannot unmount %s", folders.items[i]);
			status = 1;
		} else {
			rmdir(folders.items[i]);
		}
	}
	strings_free(&folders);
	return ret ? 1 : status;
}

/* All images or none. */
static int mount_all(const struct view *view, const char *text, const char *dir,
		     struct strings *folders)
{
	int status = 0;

	for (size_t i = 0; !status && i < view->record.devices.count; i++)
		status = mount_device(&view->devices[i], dir, folders);
	if (status)
		unmount_all(&view->record, text);
	return status;
}

static int print_folders(const struct strings *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		puts(folders->items[i]);
	return output_flush();
}

static int print_folders_json(const struct view *view, const struct strings *folders)
{
	struct json_object *object = output_begin();
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < folders->count; i++) {
		struct json_object *entry = json_object_new_object();

		output_text(entry, "device", view->devices[i].path);
		output_text(entry, "folder", folders->items[i]);
		json_object_array_add(array, entry);
	}
	json_object_object_add(object, "folders", array);
	return output_end(object);
}

static int check_folder(const char *path)
{
	struct stat st;

	if (stat(path, &st)) {
		say_error(-errno, "cannot mount below %s", path);
		return 1;
	}
	if (S_ISDIR(st.st_mode))
		return 0;
	say("cannot mount below %s: it is not a folder", path);
	return 1;
}

static int check_not_mounted(const struct record *record, const char *text)
{
	struct strings folders = {};
	int ret = mounted_images(record, &folders);

	if (!ret && folders.count)
		say("snapshot %s is mounted at %s already", text, folders.items[0]);
	else if (ret)
		say_error(ret, "cannot tell whether snapshot %s is mounted", text);
	ret = ret || folders.count;
	strings_free(&folders);
	return ret;
}

static int run_mount(const struct arguments *arguments)
{
	const char *text = arguments->words[0];
	char *dir = realpath(arguments->words[1], NULL);
	struct strings folders = {};
	struct record record = {};
	struct view view = {};
	int status;

	status = check_folder(arguments->words[1]) || find_record(text, &record) ||
		 check_not_mounted(&record, text);
	if (!status && (!dir || view_open(&view, &record.id))) {
		say("cannot read what is known of snapshot %s", text);
		status = 1;
	}
	if (!status)
		status = mount_all(&view, text, dir, &folders);
	if (!status)
		status = arguments->json ? print_folders_json(&view, &folders) :
			 print_folders(&folders);
	strings_free(&folders);
	view_free(&view);
	record_free(&record);
	free(dir);
	return status ? STATUS_FAILED : STATUS_OK;
}

const struct agent_command agent_snapshot_mount = {
	.name = "snapshot mount",
	.usage = "ID DIR",
	.summary = "Mount all images below a folder, read-only",
	.takes = ARGUMENT_JSON,
	.least = 2,
	.most = 2,
	.run = run_mount,
};

static int run_umount(const struct arguments *arguments)
{
	struct record record;
	int status = find_record(arguments->words[0], &record);

	if (!status)
		status = unmount_all(&record, arguments->words[0]);
	record_free(&record);
	return status ? STATUS_FAILED : STATUS_OK;
}

const struct agent_command agent_snapshot_umount = {
	.name = "snapshot umount",
	.usage = "ID",
	.summary = "Unmount the images again",
	.least = 1,
	.most = 1,
	.run = run_umount,
};
