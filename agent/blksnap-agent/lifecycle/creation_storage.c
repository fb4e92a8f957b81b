// SPDX-License-Identifier: GPL-2.0-or-later
/* Storage for a snapshot that is being created. */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/wait_notice.h"
#include "lifecycle/creation.h"
#include "quantity.h"
#include "state/held_devices.h"
#include "state/runtime.h"
#include "state/storage_level.h"
#include "state/storage_registry.h"
#include "storage/growth.h"
#include "storage/storage_candidates.h"
#include "storage/storage_memory.h"
#include "storage/storage_pool.h"
#include "storage/storage_select.h"

#define SECTOR_SIZE	512

/* The first event of a snapshot is a request for storage, with the preferred size. */
static uint64_t initial_bytes(const struct creation *creation)
{
	struct blksnap_event event;
	uint64_t wanted = 0;

	if (!blksnap_event_wait(creation->control, &creation->record.id, 0, &event))
		wanted = event.sectors * SECTOR_SIZE;
	if (creation->settings->initial)
		wanted = creation->settings->initial;
	if (creation->settings->limit && wanted > creation->settings->limit)
		wanted = creation->settings->limit;
	return wanted;
}

static bool has_folder(const struct record *record)
{
	for (size_t i = 0; i < record->storage.places.count; i++)
		if (!record->storage.places.items[i].device)
			return true;
	return false;
}

/*
 * Create the subfolders, which must be on the devices that were checked. A folder is registered
 * before a file is created in it, so that a crash leaves no unknown files.
 */
static int register_folders(struct record *record)
{
	for (size_t i = 0; i < record->storage.places.count; i++) {
		struct storage_place *place = &record->storage.places.items[i];
		int fd = place->device ? 0 : storage_place_make(place);
		int ret = fd < 0 ? fd : 0;

		if (fd > 0)
			close(fd);
		if (ret) {
			message_error("cannot use %s for storage: %s", place->path,
				      storage_place_problem(ret));
			return 1;
		}
		ret = place->device ? 0 : storage_registry_add(place);
		if (ret) {
			message_errno(ret, "cannot register %s as a place of storage", place->path);
			return 1;
		}
	}
	return 0;
}

static int register_places(struct creation *creation)
{
	int lock = runtime_lock_all();
	int status = lock < 0 ? 1 : register_folders(&creation->record);
	int ret = lock < 0 ? lock : 0;

	if (!status)
		ret = record_write(&creation->record);
	if (lock >= 0)
		close(lock);
	if (ret)
		message_errno(ret, "cannot write the places of storage to the record");
	return status || ret ? 1 : 0;
}

static int append_initial(struct creation *creation, struct storage_pool *pool, uint64_t bytes)
{
	int status = storage_pool_append_devices(pool, creation->control);
	char wanted[SIZE_TEXT];

	/* A device is appended as a whole; only folders can provide more. */
	while (!status && pool->allocated < bytes && (!pool->allocated || has_folder(&creation->record)))
		if (!storage_pool_grow(pool, creation->control, bytes - pool->allocated))
			status = 1;
	if (pool->full && creation->settings->storage.count)
		message_error("no snapshot without %s of storage: give more places for it, or another size with --initial",
			      size_format(bytes, wanted));
	return status;
}

static int write_level(const struct blksnap_id *id, const struct storage_pool *pool)
{
	struct storage_level level = {
		.allocated = pool->allocated, .appended = pool->appended,
	};
	int ret = storage_level_write(id, &level);

	if (ret)
		message_errno(ret, "cannot write to " RUNTIME_DIR " how much storage there is");
	return ret ? 1 : 0;
}

static int store_in_places(struct creation *creation, uint64_t bytes)
{
	struct storage_pool pool;
	int status = register_places(creation);

	if (status)
		return status;
	wait_notice_begin("creating the storage");
	status = storage_pool_open(&pool, &creation->record.id, &creation->record.storage);
	if (!status)
		status = append_initial(creation, &pool, bytes) ||
			 write_level(&creation->record.id, &pool);
	storage_pool_close(&pool);
	wait_notice_end();
	return status;
}

/* *memory keeps the RAM disk until the module has it; -1: there is none yet. */
static int add_given(struct creation *creation, const char *text, int *memory)
{
	struct storage_places *places = &creation->record.storage.places;
	char path[STORAGE_MEMORY_PATH];
	uint64_t bytes;

	if (settings_memory(text, &bytes) == -ENOENT)
		return storage_select_given(text, &creation->targets, places);
	if (*memory >= 0) {
		message_error("cannot use %s for storage: one place in memory is there already", text);
		return 1;
	}
	*memory = storage_memory_make(text, path);
	return *memory < 0 || storage_select_given(path, &creation->targets, places);
}

static int store_in_given(struct creation *creation, uint64_t bytes)
{
	const struct strings *given = &creation->settings->storage;
	struct storage_places *places = &creation->record.storage.places;
	struct device_numbers held = {};
	int status = 0, memory = -1;

	held_devices_list(&creation->record.id, &held);
	for (size_t i = 0; !status && i < given->count; i++) {
		status = add_given(creation, given->items[i], &memory);
		if (!status)
			storage_select_warn(&places->items[places->count - 1], &held);
	}
	device_numbers_free(&held);
	if (!status)
		status = store_in_places(creation, bytes);
	if (memory >= 0)
		close(memory);
	return status;
}

/*
 * Files of a candidate that failed stay until the snapshot is gone, since the kernel may use a part
 * of them. The registry has the place.
 */
static int store_in_candidate(struct creation *creation, struct candidates *candidates, size_t i,
			      uint64_t bytes)
{
	const struct storage_place *place = &candidates->places.items[i];
	struct storage_plan *plan = &creation->record.storage;
	uint64_t limit = plan->limit;
	struct strings problems = {};
	char *text, size[SIZE_TEXT];
	int status;

	if (storage_places_add(&plan->places, place))
		return 1;
	if (candidates_portion(candidates, i, bytes) < bytes)
		plan->limit = bytes = candidates_portion(candidates, i, bytes);
	message_collect(&problems);
	status = store_in_places(creation, bytes);
	message_collect(NULL);
	if (!status) {
		if (plan->limit != limit)
			message_note("the snapshot has %s of storage at most, half of the room in %s, and is lost when that is used up; if that is too little, give another place with --storage",
				     size_format(bytes, size), place->path);
		strings_free(&problems);
		return 0;
	}
	text = strings_join(&problems, "; ");
	storage_places_drop_last(&plan->places);
	plan->limit = limit;
	candidates_refuse(candidates, place->path, text);
	free(text);
	strings_free(&problems);
	return status;
}

static int find_candidates(const struct creation *creation, uint64_t bytes,
			   struct candidates *candidates)
{
	struct device_numbers held = {};
	int status;

	held_devices_list(&creation->record.id, &held);
	status = candidates_find(candidates, &creation->targets, &creation->record.storage, &held,
				 bytes, !creation->settings->initial);
	device_numbers_free(&held);
	return status;
}

static int store_in_best(struct creation *creation, uint64_t bytes)
{
	struct candidates candidates = {};
	int status = find_candidates(creation, bytes, &candidates);
	bool found = false;

	for (size_t i = 0; !status && !found && i < candidates.places.count; i++)
		found = !store_in_candidate(creation, &candidates, i, bytes);
	if (!status && !found)
		candidates_report(&candidates, bytes);
	candidates_free(&candidates);
	return status || !found ? 1 : 0;
}

int creation_make_storage(struct creation *creation)
{
	uint64_t bytes = initial_bytes(creation);

	if (creation->settings->storage.count)
		return store_in_given(creation, bytes);
	return store_in_best(creation, bytes);
}

int creation_plan_storage(struct creation *creation, struct candidates *candidates)
{
	const struct settings *settings = creation->settings;
	uint64_t bytes = settings->initial ? settings->initial : growth_portion();
	int status = 0;

	if (settings->limit && bytes > settings->limit)
		bytes = settings->limit;
	creation->record.storage.reserve = settings->reserve;
	creation->record.storage.reserve_set = settings->reserve_set;
	for (size_t i = 0; !status && i < settings->storage.count; i++)
		status = storage_select_given(settings->storage.items[i], &creation->targets,
					      &candidates->places);
	if (!settings->storage.count)
		status = find_candidates(creation, bytes, candidates);
	if (status || candidates->places.count)
		return status;
	candidates_report(candidates, bytes);
	return 1;
}
