// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <linux/fs.h>

#include "cli/message.h"
#include "name.h"
#include "quantity.h"
#include "storage/stock.h"

#define MIB		(UINT64_C(1) << 20)
#define SECTOR_SIZE	512

/* Without a setting: a twentieth of the file system, but no more than this. */
#define RESERVE_PART	20
#define RESERVE_MOST	(UINT64_C(4) << 30)

static int add_file(struct stock *stock, const struct storage_file *file)
{
	struct storage_file *files;

	files = reallocarray(stock->files, stock->count + 1, sizeof(*files));
	if (!files)
		return -ENOMEM;
	stock->files = files;
	files[stock->count++] = *file;
	stock->used += file->size;
	return 0;
}

static const struct storage_place *place_at(const struct stock *stock, size_t i)
{
	return &stock->record->storage.items[i];
}

static int open_files(struct stock *stock, int dir)
{
	struct strings names = {};
	struct storage_file file;
	int ret = storage_file_list(dir, &stock->record->id, &names);

	for (size_t i = 0; !ret && i < names.count; i++) {
		ret = storage_file_open(&file, dir, names.items[i]);
		if (!ret) {
			file.last = i + 1 == names.count;
			ret = add_file(stock, &file);
		}
	}
	strings_free(&names);
	return ret;
}

static uint64_t within_limit(const struct stock *stock, uint64_t bytes)
{
	uint64_t limit = stock->record->limit;
	uint64_t left = limit > stock->used ? limit - stock->used : 0;

	return limit && bytes > left ? left : bytes;
}

/*
 * What is stored is old data of other devices. At the ends of this one it could look like a
 * file system, and the device would be refused the next time: they are left out.
 */
#define DEVICE_EDGE	MIB

/* The size of the device that is used, which the limit may cut. */
static uint64_t device_bytes(const struct stock *stock, int fd)
{
	uint64_t size;

	if (ioctl(fd, BLKGETSIZE64, &size) || size <= 2 * DEVICE_EDGE)
		return 0;
	return within_limit(stock, size - 2 * DEVICE_EDGE) / MIB * MIB;
}

static void say_unusable(const struct storage_place *place, int error)
{
	if (place->device)
		message_errno(error, "cannot keep device %s to ourselves", place->path);
	else
		message_error("cannot use %s for storage any more: %s", place->path,
			      storage_place_problem(error));
}

/* One that somebody else has taken is told of; the others are needed no less. */
static void open_place(struct stock *stock, size_t i)
{
	const struct storage_place *place = place_at(stock, i);
	int ret, fd = place->device ? storage_place_claim(place) : storage_place_open(place);

	stock->places[i].fd = fd;
	if (fd < 0) {
		say_unusable(place, fd);
		return;
	}
	if (place->device) {
		stock->places[i].bytes = device_bytes(stock, fd);
		stock->used += stock->places[i].bytes;
		return;
	}
	ret = open_files(stock, fd);
	if (!ret)
		return;
	message_errno(ret, "cannot open the storage files in %s", place->path);
	close(fd);
	stock->places[i].fd = ret;
}

static int init(struct stock *stock, const struct record *record)
{
	memset(stock, 0, sizeof(*stock));
	stock->record = record;
	stock->places = calloc(record->storage.count + 1, sizeof(*stock->places));
	if (!stock->places) {
		message_errno(-ENOMEM, "cannot open the storage");
		return 1;
	}
	for (size_t i = 0; i < record->storage.count; i++)
		stock->places[i].fd = -EBADF;
	return 0;
}

int stock_open(struct stock *stock, const struct record *record)
{
	int status = init(stock, record);

	for (size_t i = 0; !status && i < record->storage.count; i++)
		open_place(stock, i);
	return status;
}

int stock_prepare_removal(struct stock *stock, const struct record *record)
{
	return init(stock, record);
}

static int append_device(const struct stock *stock, int control, size_t i)
{
	struct blksnap_range all = {
		.sector = DEVICE_EDGE / SECTOR_SIZE,
		.count = stock->places[i].bytes / SECTOR_SIZE,
	};
	const struct storage_place *place = place_at(stock, i);
	char *node;
	int ret;

	if (stock->places[i].fd < 0)
		return 1;
	node = name_of_device(place->number);
	ret = node ? 0 : -ENXIO;
	if (!ret && all.count)
		ret = blksnap_snapshot_append(control, &stock->record->id, node, &all, 1);
	free(node);
	if (ret)
		message_failed(BLKSNAP_SNAPSHOT_APPEND, ret, "cannot use device %s as storage",
			       place->path);
	return ret ? 1 : 0;
}

int stock_append_devices(struct stock *stock, int control)
{
	int status = 0;

	for (size_t i = 0; !status && i < stock->record->storage.count; i++)
		if (place_at(stock, i)->device)
			status = append_device(stock, control, i);
	return status;
}

static uint64_t reserve_of(const struct record *record, uint64_t size)
{
	uint64_t part = size / RESERVE_PART;

	if (record->reserve_set)
		return record->reserve;
	return part < RESERVE_MOST ? part : RESERVE_MOST;
}

uint64_t stock_free_bytes(int folder, const struct record *record)
{
	struct statvfs fs;
	uint64_t size, left, reserve;

	if (fstatvfs(folder, &fs))
		return 0;
	size = (uint64_t)fs.f_blocks * fs.f_frsize;
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	reserve = reserve_of(record, size);
	return left > reserve ? left - reserve : 0;
}

/* Whole MiB, which all block sizes divide. */
static uint64_t allowed(const struct stock *stock, int folder, uint64_t bytes)
{
	uint64_t room = stock_free_bytes(folder, stock->record);

	bytes = (bytes + MIB - 1) / MIB * MIB;
	if (room > bytes)
		room = bytes;
	return within_limit(stock, room) / MIB * MIB;
}

static bool make_spare_in(struct stock *stock, size_t i, uint64_t bytes)
{
	int ret, dir = stock->places[i].fd;
	struct storage_file file;
	const char *reason = NULL;

	ret = storage_file_make(&file, dir, &stock->record->id, bytes, &stock->spare, &reason);
	if (!ret) {
		ret = add_file(stock, &file);
		if (ret) {
			blksnap_extents_close(stock->spare);
			storage_file_close(&file);
			storage_file_remove(dir, file.name);
		}
	}
	if (!ret)
		return true;
	stock->spare = NULL;
	if (ret != stock->problem)
		message_errno(ret, "cannot make a storage file in %s%s%s", place_at(stock, i)->path,
			      reason ? ": " : "", reason ? reason : "");
	stock->problem = ret;
	stock->failed = true;
	return false;
}

static bool make_spare(struct stock *stock, uint64_t bytes)
{
	for (size_t i = stock->first; i < stock->record->storage.count; i++) {
		bool usable = !place_at(stock, i)->device && stock->places[i].fd >= 0;
		uint64_t part = usable ? allowed(stock, stock->places[i].fd, bytes) : 0;

		if (!part || !make_spare_in(stock, i, part))
			continue;
		stock->place = i;
		return true;
	}
	return false;
}

/* The place and the name of the spare, for messages. */
static void say_spare_failed(const struct stock *stock, int error, const char *yet)
{
	message_failed(BLKSNAP_SNAPSHOT_APPEND, error,
		       "cannot use file %s/" STORAGE_SUBFOLDER "/%s as storage%s",
		       place_at(stock, stock->place)->path, stock->files[stock->count - 1].name,
		       yet);
}

/*
 * A file is kept even if the kernel did not take it: part of it may be in use. For want of
 * memory it is tried again later.
 */
static int use_spare(struct stock *stock, int control)
{
	int ret = storage_file_append(control, &stock->record->id, stock->spare);

	if (ret == -ENOMEM) {
		if (ret != stock->problem)
			say_spare_failed(stock, ret, " yet");
		stock->problem = ret;
		return ret;
	}
	blksnap_extents_close(stock->spare);
	stock->spare = NULL;
	if (!ret) {
		stock->problem = 0;
		stock->full = false;
	} else if (ret != -ESRCH) {
		say_spare_failed(stock, ret, "");
		stock->first = stock->place + 1;
		stock->failed = true;
	}
	return ret;
}

static void say_full(struct stock *stock, uint64_t bytes)
{
	char wanted[SIZE_TEXT], used[SIZE_TEXT];
	bool limited = stock->record->limit && stock->used + MIB > stock->record->limit;

	if (stock->full || stock->failed)
		return;
	stock->full = true;
	message_error("the snapshot asks for %s more storage, and %s; it has %s, and is lost when that is used up",
		      size_format(bytes, wanted), limited ? "its limit is reached" :
		      "there is no space beside the reserve", size_format(stock->used, used));
}

void stock_prepare(struct stock *stock, uint64_t bytes)
{
	if (!stock->spare)
		make_spare(stock, bytes);
}

uint64_t stock_grow(struct stock *stock, int control, uint64_t bytes)
{
	stock->failed = false;
	while (stock->spare || make_spare(stock, bytes)) {
		int ret = use_spare(stock, control);

		if (!ret)
			return stock->files[stock->count - 1].size;
		if (ret == -ESRCH || ret == -ENOMEM)
			return 0;
	}
	say_full(stock, bytes);
	return 0;
}

/* What the kernel has already, it refuses. */
static bool append_again(const struct stock *stock, int control, const struct storage_file *file)
{
	struct blksnap_extents *extents;
	const char *reason;
	int ret;

	if (storage_file_settle(file, &extents, &reason))
		return false;
	ret = storage_file_append(control, &stock->record->id, extents);
	blksnap_extents_close(extents);
	return !ret;
}

uint64_t stock_resume(struct stock *stock, int control)
{
	uint64_t added = 0;

	for (size_t i = 0; i < stock->count; i++)
		if (stock->files[i].last && append_again(stock, control, &stock->files[i]))
			added += stock->files[i].size;
	return added;
}

void stock_close(struct stock *stock)
{
	blksnap_extents_close(stock->spare);
	for (size_t i = 0; i < stock->count; i++)
		storage_file_close(&stock->files[i]);
	for (size_t i = 0; stock->places && i < stock->record->storage.count; i++)
		if (stock->places[i].fd >= 0)
			close(stock->places[i].fd);
	free(stock->files);
	free(stock->places);
}

static int remove_in(const struct stock *stock, size_t i)
{
	const char *path = place_at(stock, i)->path;
	struct strings names = {};
	int dir = stock->places[i].fd;
	int ret = storage_file_list(dir, &stock->record->id, &names);
	int status = 0;

	if (ret)
		message_errno(ret, "cannot look for storage files in %s", path);
	for (size_t k = 0; k < names.count; k++) {
		int error = storage_file_remove(dir, names.items[k]);

		if (error) {
			message_errno(error, "cannot remove %s/" STORAGE_SUBFOLDER "/%s", path,
				      names.items[k]);
			status = 1;
		}
	}
	strings_free(&names);
	return ret ? 1 : status;
}

int stock_remove(struct stock *stock)
{
	int status = 0;

	for (size_t i = 0; i < stock->record->storage.count; i++) {
		const struct storage_place *place = place_at(stock, i);
		struct stock_place *open = &stock->places[i];

		if (place->device)
			continue;
		if (open->fd < 0)
			open->fd = storage_place_open(place);
		if (open->fd >= 0) {
			status |= remove_in(stock, i);
		} else if (open->fd != -ENOENT) {
			message_error("cannot remove what was stored in %s: %s", place->path,
				      storage_place_problem(open->fd));
			status = 1;
		}
	}
	return status;
}
