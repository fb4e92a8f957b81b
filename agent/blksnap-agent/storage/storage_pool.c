// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <linux/fs.h>

#include "cli/message.h"
#include "name.h"
#include "quantity.h"
#include "storage/storage_pool.h"

#define MIB		(UINT64_C(1) << 20)
#define SECTOR_SIZE	512

/* The default reserve: a twentieth of the file system, at most RESERVE_MOST. */
#define RESERVE_PART	20
#define RESERVE_MOST	(UINT64_C(4) << 30)

static int add_file(struct storage_pool *pool, const struct storage_file *file)
{
	struct storage_file *files;

	files = reallocarray(pool->files, pool->count + 1, sizeof(*files));
	if (!files)
		return -ENOMEM;
	pool->files = files;
	files[pool->count++] = *file;
	pool->allocated += file->size;
	return 0;
}

static const struct storage_place *place_at(const struct storage_pool *pool, size_t i)
{
	return &pool->plan->places.items[i];
}

static int open_files(struct storage_pool *pool, int dir)
{
	struct strings names = {};
	struct storage_file file;
	int ret = storage_file_list(dir, pool->id, &names);

	for (size_t i = 0; !ret && i < names.count; i++) {
		ret = storage_file_open(&file, dir, names.items[i]);
		if (!ret) {
			file.last = i + 1 == names.count;
			ret = add_file(pool, &file);
		}
	}
	strings_free(&names);
	return ret;
}

static uint64_t within_limit(const struct storage_pool *pool, uint64_t bytes)
{
	uint64_t limit = pool->plan->limit;
	uint64_t left = limit > pool->allocated ? limit - pool->allocated : 0;

	return limit && bytes > left ? left : bytes;
}

/* The number of bytes of a device that are used; the limit may reduce it. */
static uint64_t device_bytes(const struct storage_pool *pool, int fd)
{
	uint64_t size;

	if (ioctl(fd, BLKGETSIZE64, &size) || size <= 2 * STORAGE_DEVICE_EDGE)
		return 0;
	return within_limit(pool, size - 2 * STORAGE_DEVICE_EDGE) / MIB * MIB;
}

static void report_unusable_place(const struct storage_place *place, int error)
{
	if (place->device)
		message_errno(error, "cannot open device %s exclusively", place->path);
	else
		message_error("cannot use %s for storage any more: %s", place->path,
			      storage_place_problem(error));
}

/* A place that cannot be opened is reported and skipped; the other places are still needed. */
static void open_place(struct storage_pool *pool, size_t i)
{
	const struct storage_place *place = place_at(pool, i);
	int ret, fd = place->device ? storage_place_claim(place) : storage_place_open(place);

	pool->places[i].fd = fd;
	if (fd < 0) {
		report_unusable_place(place, fd);
		return;
	}
	if (place->device) {
		pool->places[i].bytes = device_bytes(pool, fd);
		pool->allocated += pool->places[i].bytes;
		return;
	}
	ret = open_files(pool, fd);
	if (!ret)
		return;
	message_errno(ret, "cannot open the storage files in %s", place->path);
	close(fd);
	pool->places[i].fd = ret;
}

static int init_pool(struct storage_pool *pool, const struct blksnap_id *id,
		     const struct storage_plan *plan)
{
	memset(pool, 0, sizeof(*pool));
	pool->id = id;
	pool->plan = plan;
	pool->places = calloc(plan->places.count + 1, sizeof(*pool->places));
	if (!pool->places) {
		message_errno(-ENOMEM, "cannot open the storage");
		return 1;
	}
	for (size_t i = 0; i < plan->places.count; i++)
		pool->places[i].fd = -EBADF;
	return 0;
}

int storage_pool_open(struct storage_pool *pool, const struct blksnap_id *id,
		      const struct storage_plan *plan)
{
	int status = init_pool(pool, id, plan);

	for (size_t i = 0; !status && i < plan->places.count; i++)
		open_place(pool, i);
	return status;
}

int storage_pool_prepare_removal(struct storage_pool *pool, const struct blksnap_id *id,
				 const struct storage_plan *plan)
{
	return init_pool(pool, id, plan);
}

/* The module uses whole blocks of 4 KiB; at each end of a range a part of one may be left over. */
#define RANGE_WASTE	(2 * UINT64_C(4096))

static void count_appended(struct storage_pool *pool, uint64_t bytes, size_t ranges)
{
	if (bytes > ranges * RANGE_WASTE)
		pool->appended += bytes - ranges * RANGE_WASTE;
}

static int append_device(struct storage_pool *pool, int control, size_t i)
{
	struct blksnap_range all = {
		.sector = STORAGE_DEVICE_EDGE / SECTOR_SIZE,
		.count = pool->places[i].bytes / SECTOR_SIZE,
	};
	const struct storage_place *place = place_at(pool, i);
	char *node;
	int ret;

	if (pool->places[i].fd < 0)
		return 1;
	node = name_of_device(place->number);
	ret = node ? 0 : -ENXIO;
	if (!ret && all.count)
		ret = blksnap_snapshot_append(control, pool->id, node, &all, 1);
	free(node);
	if (!ret)
		count_appended(pool, pool->places[i].bytes, 1);
	if (ret)
		message_failed(BLKSNAP_SNAPSHOT_APPEND, ret, "cannot use device %s as storage",
			       place->path);
	return ret ? 1 : 0;
}

int storage_pool_append_devices(struct storage_pool *pool, int control)
{
	int status = 0;

	for (size_t i = 0; !status && i < pool->plan->places.count; i++)
		if (place_at(pool, i)->device)
			status = append_device(pool, control, i);
	return status;
}

static uint64_t reserve_of(const struct storage_plan *plan, uint64_t size)
{
	uint64_t part = size / RESERVE_PART;

	if (plan->reserve_set)
		return plan->reserve;
	return part < RESERVE_MOST ? part : RESERVE_MOST;
}

uint64_t storage_pool_room(int folder, const struct storage_plan *plan)
{
	struct statvfs fs;
	uint64_t size, left, reserve;

	if (fstatvfs(folder, &fs))
		return 0;
	size = (uint64_t)fs.f_blocks * fs.f_frsize;
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	reserve = reserve_of(plan, size);
	return left > reserve ? left - reserve : 0;
}

/* Whole MiB, a multiple of every block size. */
static uint64_t allowed_bytes(const struct storage_pool *pool, int folder, uint64_t bytes)
{
	uint64_t room = storage_pool_room(folder, pool->plan);

	bytes = (bytes + MIB - 1) / MIB * MIB;
	if (room > bytes)
		room = bytes;
	return within_limit(pool, room) / MIB * MIB;
}

static bool make_spare_in(struct storage_pool *pool, size_t i, uint64_t bytes)
{
	int ret, dir = pool->places[i].fd;
	struct storage_file file;
	const char *reason = NULL;

	ret = storage_file_make(&file, dir, pool->id, bytes, &pool->spare, &reason);
	if (!ret) {
		ret = add_file(pool, &file);
		if (ret) {
			blksnap_extents_close(pool->spare);
			storage_file_close(&file);
			storage_file_remove(dir, file.name);
		}
	}
	if (!ret)
		return true;
	pool->spare = NULL;
	if (ret != pool->problem)
		message_errno(ret, "cannot make a storage file in %s%s%s", place_at(pool, i)->path,
			      reason ? ": " : "", reason ? reason : "");
	pool->problem = ret;
	pool->failed = true;
	return false;
}

static bool make_spare(struct storage_pool *pool, uint64_t bytes)
{
	for (size_t i = pool->first; i < pool->plan->places.count; i++) {
		bool usable = !place_at(pool, i)->device && pool->places[i].fd >= 0;
		uint64_t part = usable ? allowed_bytes(pool, pool->places[i].fd, bytes) : 0;

		if (!part || !make_spare_in(pool, i, part))
			continue;
		pool->place = i;
		return true;
	}
	return false;
}

/* Report that the spare file was not accepted. */
static void report_spare_failed(const struct storage_pool *pool, int error, const char *yet)
{
	message_failed(BLKSNAP_SNAPSHOT_APPEND, error,
		       "cannot use file %s/" STORAGE_SUBFOLDER "/%s as storage%s",
		       place_at(pool, pool->place)->path, pool->files[pool->count - 1].name,
		       yet);
}

/*
 * The file is kept even if the kernel refused it: the kernel may use a part of it. After -ENOMEM
 * the spare stays, for the next attempt.
 */
static int use_spare(struct storage_pool *pool, int control)
{
	int ret = storage_file_append(control, pool->id, pool->spare);
	size_t ranges;

	if (ret == -ENOMEM) {
		if (ret != pool->problem)
			report_spare_failed(pool, ret, " yet");
		pool->problem = ret;
		return ret;
	}
	blksnap_extents_ranges(pool->spare, &ranges);
	blksnap_extents_close(pool->spare);
	pool->spare = NULL;
	if (!ret) {
		count_appended(pool, pool->files[pool->count - 1].size, ranges);
		pool->problem = 0;
		pool->full = false;
	} else if (ret != -ESRCH) {
		report_spare_failed(pool, ret, "");
		pool->first = pool->place + 1;
		pool->failed = true;
	}
	return ret;
}

/* Why there cannot be more. Devices and memory are appended as a whole; only folders grow. */
static const char *full_reason(const struct storage_pool *pool)
{
	if (pool->plan->limit && pool->allocated + MIB > pool->plan->limit)
		return "its limit is reached";
	for (size_t i = 0; i < pool->plan->places.count; i++)
		if (!place_at(pool, i)->device)
			return "there is no space beside the reserve";
	return "a device or memory cannot grow";
}

static void report_full(struct storage_pool *pool, uint64_t bytes)
{
	char wanted[SIZE_TEXT], used[SIZE_TEXT];

	if (pool->full || pool->failed)
		return;
	pool->full = true;
	message_event(MESSAGE_STORAGE_SHORT, "the snapshot asks for %s more storage, and %s; it has %s, and is lost when that is used up",
		      size_format(bytes, wanted), full_reason(pool), size_format(pool->allocated, used));
}

void storage_pool_prepare(struct storage_pool *pool, uint64_t bytes)
{
	if (!pool->spare)
		make_spare(pool, bytes);
}

uint64_t storage_pool_grow(struct storage_pool *pool, int control, uint64_t bytes)
{
	pool->failed = false;
	while (pool->spare || make_spare(pool, bytes)) {
		int ret = use_spare(pool, control);

		if (!ret)
			return pool->files[pool->count - 1].size;
		if (ret == -ESRCH || ret == -ENOMEM)
			return 0;
	}
	report_full(pool, bytes);
	return 0;
}

/* The kernel refuses ranges that it has already. */
static bool append_again(const struct storage_pool *pool, int control,
			 const struct storage_file *file)
{
	struct blksnap_extents *extents;
	const char *reason;
	int ret;

	if (storage_file_pin(file, &extents, &reason))
		return false;
	ret = storage_file_append(control, pool->id, extents);
	blksnap_extents_close(extents);
	return !ret;
}

uint64_t storage_pool_resume(struct storage_pool *pool, int control)
{
	uint64_t added = 0;

	for (size_t i = 0; i < pool->count; i++)
		if (pool->files[i].last && append_again(pool, control, &pool->files[i]))
			added += pool->files[i].size;
	return added;
}

void storage_pool_close(struct storage_pool *pool)
{
	blksnap_extents_close(pool->spare);
	for (size_t i = 0; i < pool->count; i++)
		storage_file_close(&pool->files[i]);
	for (size_t i = 0; pool->places && i < pool->plan->places.count; i++)
		if (pool->places[i].fd >= 0)
			close(pool->places[i].fd);
	free(pool->files);
	free(pool->places);
}

static int remove_in(const struct storage_pool *pool, size_t i)
{
	const char *path = place_at(pool, i)->path;
	struct strings names = {};
	int dir = pool->places[i].fd;
	int ret = storage_file_list(dir, pool->id, &names);
	int status = 0;

	if (ret)
		message_errno(ret, "cannot look for storage files in %s", path);
	for (size_t k = 0; k < names.count; k++) {
		int error = storage_file_remove(dir, names.items[k]);

		if (error) {
			message_event(MESSAGE_STORAGE_LEFT, "cannot remove %s/" STORAGE_SUBFOLDER "/%s: %s",
				      path, names.items[k], strerror(-error));
			status = 1;
		}
	}
	strings_free(&names);
	return ret ? 1 : status;
}

int storage_pool_remove(struct storage_pool *pool)
{
	int status = 0;

	for (size_t i = 0; i < pool->plan->places.count; i++) {
		const struct storage_place *place = place_at(pool, i);
		struct storage_pool_place *open = &pool->places[i];

		if (place->device)
			continue;
		if (open->fd < 0)
			open->fd = storage_place_open(place);
		if (open->fd >= 0) {
			status |= remove_in(pool, i);
		} else if (open->fd != -ENOENT) {
			message_event(MESSAGE_STORAGE_LEFT, "cannot remove what was stored in %s: %s", place->path,
				      storage_place_problem(open->fd));
			status = 1;
		}
	}
	return status;
}
