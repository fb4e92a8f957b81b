// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <blkid/blkid.h>

#include "device/folder.h"
#include "device/mounts.h"
#include "name.h"
#include "storage/storage_place.h"

#define OPEN_FLAGS	(O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* Stands for the UUID of a file system that has none. */
#define NO_UUID		"-"

static void free_place(struct storage_place *place)
{
	free(place->path);
	free(place->identity);
}

int storage_places_add(struct storage_places *places, const struct storage_place *place)
{
	struct storage_place copy = *place, *items;

	items = reallocarray(places->items, places->count + 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	places->items = items;
	copy.path = strdup(place->path);
	copy.identity = place->identity ? strdup(place->identity) : NULL;
	if (!copy.path || (place->identity && !copy.identity)) {
		free_place(&copy);
		return -ENOMEM;
	}
	items[places->count++] = copy;
	return 0;
}

void storage_places_drop_last(struct storage_places *places)
{
	free_place(&places->items[--places->count]);
}

static bool is_same(const struct storage_place *one, const struct storage_place *other)
{
	if (!one->identity != !other->identity || strcmp(one->path, other->path))
		return false;
	return !one->identity || !strcmp(one->identity, other->identity);
}

bool storage_places_have(const struct storage_places *places, const struct storage_place *place)
{
	for (size_t i = 0; i < places->count; i++)
		if (is_same(&places->items[i], place))
			return true;
	return false;
}

void storage_places_free(struct storage_places *places)
{
	for (size_t i = 0; i < places->count; i++)
		free_place(&places->items[i]);
	free(places->items);
	memset(places, 0, sizeof(*places));
}

/* The UUID of the file system on a device. The caller frees it; NULL if out of memory. */
static char *uuid_of(dev_t number)
{
	char *path = name_of_device(number);
	blkid_probe probe = path ? blkid_new_probe_from_filename(path) : NULL;
	const char *uuid = NO_UUID;
	char *copy;

	if (probe) {
		blkid_probe_enable_superblocks(probe, 1);
		blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_UUID);
		if (blkid_do_safeprobe(probe) ||
		    blkid_probe_lookup_value(probe, "UUID", &uuid, NULL))
			uuid = NO_UUID;
	}
	copy = strdup(uuid);
	blkid_free_probe(probe);
	free(path);
	return copy;
}

/* Room for the largest file handle. */
union handle {
	struct file_handle head;
	unsigned char bytes[sizeof(struct file_handle) + MAX_HANDLE_SZ];
};

/* The handle as TYPE:HEXDIGITS. The caller frees *text. */
static int read_handle(int fd, char **text)
{
	union handle handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, used;

	if (name_to_handle_at(fd, "", &handle.head, &mount_id, AT_EMPTY_PATH))
		return -errno;
	*text = malloc(16 + 2 * handle.head.handle_bytes);
	if (!*text)
		return -ENOMEM;
	used = sprintf(*text, "%d:", handle.head.handle_type);
	for (unsigned int i = 0; i < handle.head.handle_bytes; i++)
		used += sprintf(*text + used, "%02x", handle.head.f_handle[i]);
	return 0;
}

static int parse_handle(const char *text, union handle *handle)
{
	unsigned int byte;
	size_t count = 0;
	char *end;

	handle->head.handle_type = strtol(text, &end, 10);
	if (*end != ':')
		return -EINVAL;
	for (end++; sscanf(end, "%2x", &byte) == 1; end += 2) {
		if (count == MAX_HANDLE_SZ || !end[1])
			return -EINVAL;
		handle->head.f_handle[count++] = byte;
	}
	handle->head.handle_bytes = count;
	return *end || !count ? -EINVAL : 0;
}

/* The identity is "UUID HANDLE". */
static const char *handle_in(const char *identity)
{
	const char *blank = strchr(identity, ' ');

	return blank ? blank + 1 : "";
}

static int make_identity(int fd, dev_t number, char **identity)
{
	char *handle = NULL, *uuid;
	int ret = read_handle(fd, &handle);

	if (ret)
		return ret;
	uuid = uuid_of(number);
	if (!uuid || asprintf(identity, "%s %s", uuid, handle) < 0) {
		*identity = NULL;
		ret = -ENOMEM;
	}
	free(uuid);
	free(handle);
	return ret;
}

/* The folder belongs to root, and only root can read or modify it. */
static int check_private(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	return S_ISDIR(st.st_mode) && !st.st_uid && !(st.st_mode & 077) ? 0 : -EPERM;
}

/* -EPERM for a symbolic link and for a subfolder that others can access. */
static int open_subfolder(int folder)
{
	int fd = openat(folder, STORAGE_SUBFOLDER, OPEN_FLAGS);
	int ret;

	if (fd < 0)
		return errno == ELOOP || errno == ENOTDIR ? -EPERM : -errno;
	ret = check_private(fd);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

static int make_in(int folder, struct storage_place *place)
{
	struct stat st;
	int fd, ret;

	if (fstat(folder, &st))
		return -errno;
	if (place->number && place->number != st.st_dev)
		return -EXDEV;
	if (mkdirat(folder, STORAGE_SUBFOLDER, 0700) && errno != EEXIST)
		return -errno;
	fd = open_subfolder(folder);
	if (fd < 0)
		return fd;
	place->number = st.st_dev;
	free(place->identity);
	place->identity = NULL;
	ret = make_identity(fd, st.st_dev, &place->identity);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

int storage_place_make(struct storage_place *place)
{
	int folder = folder_open(place->path, NULL);
	int ret;

	if (folder < 0)
		return folder;
	ret = make_in(folder, place);
	close(folder);
	return ret;
}

static bool has_uuid(dev_t number, const char *identity)
{
	char *uuid = uuid_of(number);
	size_t length = uuid ? strlen(uuid) : 0;
	bool same = uuid && !strncmp(uuid, identity, length) && identity[length] == ' ';

	free(uuid);
	return same;
}

/* Whether the device carries the place's file system. */
static bool is_its_device(const struct storage_place *place, dev_t number)
{
	return place->number ? place->number == number : has_uuid(number, place->identity);
}

static bool is_its_subfolder(const struct storage_place *place, int fd)
{
	char *handle = NULL;
	bool same = !read_handle(fd, &handle) && !strcmp(handle, handle_in(place->identity));

	free(handle);
	return same;
}

/*
 * This finds the subfolder even if it was renamed. @folder is any folder of the same file system.
 */
static int open_by_handle(const struct storage_place *place, int folder)
{
	union handle handle;
	int fd, ret = parse_handle(handle_in(place->identity), &handle);

	if (ret)
		return ret;
	fd = open_by_handle_at(folder, &handle.head, OPEN_FLAGS);
	if (fd < 0 && errno == ESTALE)
		return -ENOENT;
	if (fd < 0)
		return errno == EPERM ? -EXDEV : -errno;
	ret = check_private(fd);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

/* Try the name first: open_by_handle_at() needs CAP_DAC_READ_SEARCH. */
static int open_in(const struct storage_place *place, int folder)
{
	struct stat st;
	int fd;

	if (fstat(folder, &st) || !is_its_device(place, st.st_dev))
		return -EXDEV;
	fd = open_subfolder(folder);
	if (fd >= 0 && is_its_subfolder(place, fd))
		return fd;
	if (fd >= 0)
		close(fd);
	return open_by_handle(place, folder);
}

/**
 * struct place_search - search for the file system of a place among all mounts
 * @place: the place
 * @fd: the result
 */
struct place_search {
	const struct storage_place *place;
	int fd;
};

static bool search_mount(struct libmnt_fs *fs, void *argument)
{
	struct place_search *search = argument;
	const char *type = mnt_fs_get_fstype(fs);
	int folder;

	if (!type || (strcmp(type, "ext4") && strcmp(type, "xfs")) ||
	    !is_its_device(search->place, mnt_fs_get_devno(fs)))
		return false;
	folder = mounts_open_folder(fs, NULL);
	if (folder < 0)
		return false;
	search->fd = open_in(search->place, folder);
	close(folder);
	return search->fd != -EXDEV;
}

/*
 * A place that an earlier version recorded without an identity: the path must lead to a private
 * subfolder. If there is none, its file system may just not be mounted.
 */
static int open_by_path(const struct storage_place *place)
{
	int folder = folder_open(place->path, NULL);
	int fd;

	if (folder < 0)
		return folder == -ENOENT ? -EXDEV : folder;
	fd = open_subfolder(folder);
	close(folder);
	return fd == -ENOENT ? -EXDEV : fd;
}

int storage_place_open(const struct storage_place *place)
{
	struct place_search search = { .place = place, .fd = -EXDEV };
	int folder;

	if (!place->identity)
		return open_by_path(place);
	folder = folder_open(place->path, NULL);
	if (folder >= 0) {
		search.fd = open_in(place, folder);
		close(folder);
	}
	if (search.fd == -EXDEV)
		mounts_visit(search_mount, &search);
	return search.fd;
}

const char *storage_place_problem(int error)
{
	if (error == -EXDEV)
		return "its file system is not mounted there any more, or hidden by another mount";
	if (error == -EPERM)
		return "its subfolder " STORAGE_SUBFOLDER " is not for root only";
	if (error == -ENOENT)
		return "its subfolder " STORAGE_SUBFOLDER " was removed";
	return strerror(-error);
}

/*
 * Another folder that has the name by now is left alone, and so is a subfolder that is not empty.
 */
void storage_place_drop(int fd)
{
	int parent = openat(fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat own, named;

	if (parent < 0)
		return;
	if (!fstat(fd, &own) &&
	    !fstatat(parent, STORAGE_SUBFOLDER, &named, AT_SYMLINK_NOFOLLOW) &&
	    own.st_dev == named.st_dev && own.st_ino == named.st_ino)
		unlinkat(parent, STORAGE_SUBFOLDER, AT_REMOVEDIR);
	close(parent);
}

int storage_place_claim(const struct storage_place *place)
{
	int fd = open(place->path, O_RDONLY | O_EXCL | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int ret = 0;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st))
		ret = -errno;
	else if (!S_ISBLK(st.st_mode))
		ret = -ENOTBLK;
	else if (place->number && place->number != st.st_rdev)
		ret = -ENODEV;
	if (!ret)
		return fd;
	close(fd);
	return ret;
}
