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

#include "quantity.h"
#include "say.h"
#include "stock.h"

#define MIB		(UINT64_C(1) << 20)
#define SECTOR_SIZE	512

/* Without a setting: a twentieth of the file system, but no more than this. */
#define RESERVE_PART	20
#define RESERVE_MOST	(UINT64_C(4) << 30)

static bool is_device(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISBLK(st.st_mode);
}

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

static int open_files(struct stock *stock, const char *folder)
{
	struct strings paths = {};
	struct storage_file file;
	int ret = storage_file_list(folder, &stock->record->id, &paths);

	for (size_t i = 0; !ret && i < paths.count; i++) {
		ret = storage_file_open(&file, paths.items[i]);
		if (!ret) {
			file.last = i + 1 == paths.count;
			ret = add_file(stock, &file);
		}
	}
	strings_free(&paths);
	if (ret)
		say_error(ret, "cannot open the storage files in %s", folder);
	return ret ? 1 : 0;
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

static void open_device(struct stock *stock, const char *path)
{
	int fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
	int *devices;

	if (fd < 0) {
		say_error(-errno, "cannot keep device %s to ourselves", path);
		return;
	}
	devices = reallocarray(stock->devices, stock->device_count + 1, sizeof(*devices));
	if (!devices) {
		close(fd);
		say_error(-ENOMEM, "cannot keep device %s", path);
		return;
	}
	stock->devices = devices;
	devices[stock->device_count++] = fd;
	stock->used += device_bytes(stock, fd);
}

int stock_open(struct stock *stock, const struct record *record)
{
	int status = 0;

	memset(stock, 0, sizeof(*stock));
	stock->record = record;
	for (size_t i = 0; !status && i < record->storage.count; i++) {
		const char *path = record->storage.items[i];

		/* One that somebody else has taken is told of; the others are needed no less. */
		if (is_device(path))
			open_device(stock, path);
		else
			status = open_files(stock, path);
	}
	return status;
}

static int append_device(struct stock *stock, int control, const char *path)
{
	int fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
	struct blksnap_range all = {};
	int ret;

	if (fd < 0) {
		say_error(-errno, "cannot use device %s as storage", path);
		return 1;
	}
	all.sector = DEVICE_EDGE / SECTOR_SIZE;
	all.count = device_bytes(stock, fd) / SECTOR_SIZE;
	ret = all.count ? blksnap_snapshot_append(control, &stock->record->id, path, &all, 1) : 0;
	close(fd);
	stock->used += all.count * SECTOR_SIZE;
	if (ret)
		say_failed(BLKSNAP_SNAPSHOT_APPEND, ret, "cannot use device %s as storage", path);
	return ret ? 1 : 0;
}

int stock_append_devices(struct stock *stock, int control)
{
	int status = 0;

	for (size_t i = 0; !status && i < stock->record->storage.count; i++)
		if (is_device(stock->record->storage.items[i]))
			status = append_device(stock, control, stock->record->storage.items[i]);
	return status;
}

static uint64_t reserve_of(const struct record *record, uint64_t size)
{
	uint64_t part = size / RESERVE_PART;

	if (record->reserve_set)
		return record->reserve;
	return part < RESERVE_MOST ? part : RESERVE_MOST;
}

uint64_t stock_free_bytes(const char *folder, const struct record *record)
{
	struct statvfs fs;
	uint64_t size, left, reserve;

	if (statvfs(folder, &fs))
		return 0;
	size = (uint64_t)fs.f_blocks * fs.f_frsize;
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	reserve = reserve_of(record, size);
	return left > reserve ? left - reserve : 0;
}

/* Whole MiB, which all block sizes divide. */
static uint64_t allowed(const struct stock *stock, const char *folder, uint64_t bytes)
{
	uint64_t room = stock_free_bytes(folder, stock->record);

	bytes = (bytes + MIB - 1) / MIB * MIB;
	if (room > bytes)
		room = bytes;
	return within_limit(stock, room) / MIB * MIB;
}

static bool make_spare_in(struct stock *stock, const char *folder, uint64_t bytes)
{
	struct storage_file file;
	const char *reason = NULL;
	int ret;

	ret = storage_file_make(&file, folder, &stock->record->id, bytes, &stock->spare, &reason);
	if (!ret) {
		ret = add_file(stock, &file);
		if (ret) {
			blksnap_extents_close(stock->spare);
			storage_file_remove(file.path);
			storage_file_close(&file);
		}
	}
	if (!ret)
		return true;
	stock->spare = NULL;
	if (ret != stock->problem)
		say_error(ret, "cannot make a storage file in %s%s%s", folder, reason ? ": " : "",
			  reason ? reason : "");
	stock->problem = ret;
	return false;
}

static bool make_spare(struct stock *stock, uint64_t bytes)
{
	const struct strings *storage = &stock->record->storage;

	for (size_t i = stock->first; i < storage->count; i++) {
		const char *folder = storage->items[i];
		uint64_t part = is_device(folder) ? 0 : allowed(stock, folder, bytes);

		if (!part || !make_spare_in(stock, folder, part))
			continue;
		stock->place = i;
		return true;
	}
	return false;
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
			say_failed(BLKSNAP_SNAPSHOT_APPEND, ret, "cannot use file %s as storage yet",
				   stock->files[stock->count - 1].path);
		stock->problem = ret;
		return ret;
	}
	blksnap_extents_close(stock->spare);
	stock->spare = NULL;
	if (!ret) {
		stock->problem = 0;
		stock->full = false;
	} else if (ret != -ESRCH) {
		say_failed(BLKSNAP_SNAPSHOT_APPEND, ret, "cannot use file %s as storage",
			   stock->files[stock->count - 1].path);
		stock->first = stock->place + 1;
	}
	return ret;
}

static void say_full(struct stock *stock, uint64_t bytes)
{
	char wanted[SIZE_TEXT], used[SIZE_TEXT];
	bool limited = stock->record->limit && stock->used + MIB > stock->record->limit;

	if (stock->full)
		return;
	stock->full = true;
	say("the snapshot asks for %s more storage, and %s; it has %s, and is lost when that is used up",
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
	for (size_t i = 0; i < stock->device_count; i++)
		close(stock->devices[i]);
	free(stock->files);
	free(stock->devices);
}

static int remove_in(const struct record *record, const char *folder)
{
	struct strings paths = {};
	int ret = storage_file_list(folder, &record->id, &paths);
	int status = 0;

	for (size_t i = 0; i < paths.count; i++) {
		int error = storage_file_remove(paths.items[i]);

		if (error) {
			say_error(error, "cannot remove %s", paths.items[i]);
			status = 1;
		}
	}
	strings_free(&paths);
	return ret ? 1 : status;
}

int stock_remove(const struct record *record)
{
	int status = 0;

	for (size_t i = 0; i < record->storage.count; i++)
		if (!is_device(record->storage.items[i]))
			status |= remove_in(record, record->storage.items[i]);
	return status;
}
