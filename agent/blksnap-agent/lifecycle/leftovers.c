// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/message.h"
#include "lifecycle/leftovers.h"
#include "state/lookup.h"
#include "state/record.h"
#include "state/runtime.h"
#include "state/storage_registry.h"

/* How long to wait for the lock of the registry if the update can be left to a later command. */
#define REGISTRY_MS	2000

/* List the files of snapshots that neither the kernel nor a record knows. */
static int list_stale(int dir, struct strings *stale)
{
	struct strings names = {};
	struct blksnap_id id;
	int ret = storage_file_list(dir, NULL, &names);

	for (size_t i = 0; !ret && i < names.count; i++)
		if (!storage_file_id(names.items[i], &id) && !lookup_in_kernel(&id) &&
		    !record_exists(&id))
			ret = strings_add(stale, names.items[i]);
	strings_free(&names);
	return ret;
}

static int remove_stale(const struct storage_place *place, int dir)
{
	struct strings stale = {};
	int ret = list_stale(dir, &stale);
	int status = ret ? 1 : 0;

	if (ret)
		message_errno(ret, "cannot look for storage files in %s", place->path);
	for (size_t i = 0; !ret && i < stale.count; i++) {
		int error = storage_file_remove(dir, stale.items[i]);

		if (error)
			message_event(MESSAGE_STORAGE_LEFT, "cannot remove %s/" STORAGE_SUBFOLDER "/%s: %s",
				      place->path, stale.items[i], strerror(-error));
		else
			message_event(MESSAGE_LEFTOVER_REMOVED, "removed %s/" STORAGE_SUBFOLDER
				      "/%s, which its snapshot left behind",
				      place->path, stale.items[i]);
		status |= error ? 1 : 0;
	}
	strings_free(&stale);
	return status;
}

/*
 * Whether a record other than that of @own names the place. Files may appear in it at any time
 * then.
 */
static bool place_in_use(const struct storage_place *place, const struct blksnap_id *own)
{
	struct blksnap_id *ids;
	size_t count;
	bool used = record_list(&ids, &count) != 0;

	for (size_t i = 0; !used && i < count; i++) {
		struct record record;

		if (own && !memcmp(&ids[i], own, sizeof(*own)))
			continue;
		used = !record_read(&record, &ids[i]) &&
		       storage_places_have(&record.storage.places, place);
		record_free(&record);
	}
	free(ids);
	return used;
}

/* Files of any snapshot keep the place in the registry, also those that are in use. */
static bool is_empty(int dir)
{
	struct strings names = {};
	bool empty = !storage_file_list(dir, NULL, &names) && !names.count;

	strings_free(&names);
	return empty;
}

/* Whether an open place is empty and unused. Its subfolder is removed then. */
static bool is_done(const struct storage_place *place, int dir, const struct blksnap_id *own)
{
	if (place_in_use(place, own) || !is_empty(dir))
		return false;
	storage_place_drop(dir);
	return true;
}

/*
 * Remove the stale files of a place. *done: the place can leave the registry, as it is empty or was
 * removed. A place that is not reachable, or not mounted, stays.
 */
static int clean_up_place(const struct storage_place *place, bool tell, bool *done)
{
	int dir = storage_place_open(place);
	int status;

	if (dir < 0) {
		bool used = place_in_use(place, NULL);

		*done = dir == -ENOENT && !used;
		if (*done || used || !tell)
			return 0;
		message_event(MESSAGE_STORAGE_LEFT, "cannot tell whether storage is left in %s: %s", place->path,
			      storage_place_problem(dir));
		return 1;
	}
	status = remove_stale(place, dir);
	*done = is_done(place, dir, NULL);
	close(dir);
	return status;
}

int leftovers_remove(bool tell)
{
	struct storage_places places = {}, kept = {};
	int ret = storage_registry_read(&places);
	int status = 0;

	for (size_t i = 0; !ret && i < places.count; i++) {
		bool done;

		status |= clean_up_place(&places.items[i], tell, &done);
		if (!done)
			ret = storage_places_add(&kept, &places.items[i]);
	}
	if (!ret && kept.count != places.count)
		ret = storage_registry_write(&kept);
	if (ret)
		message_errno(ret, "cannot update the registry of storage places");
	storage_places_free(&places);
	storage_places_free(&kept);
	return ret ? 1 : status;
}

static int remove_from_registry(const struct storage_place *place)
{
	struct storage_places places = {}, kept = {};
	struct storage_places one = { (struct storage_place *)place, 1 };
	int ret = storage_registry_read(&places);

	for (size_t i = 0; !ret && i < places.count; i++)
		if (!storage_places_have(&one, &places.items[i]))
			ret = storage_places_add(&kept, &places.items[i]);
	if (!ret && kept.count != places.count)
		ret = storage_registry_write(&kept);
	storage_places_free(&places);
	storage_places_free(&kept);
	return ret;
}

void leftovers_forget(const struct storage_pool *pool)
{
	const struct storage_places *places = &pool->plan->places;
	int lock = runtime_lock_all_within(REGISTRY_MS);

	if (lock < 0)
		return;
	for (size_t i = 0; i < places->count; i++) {
		const struct storage_place *place = &places->items[i];
		int ret = 0;

		if (!place->device && pool->places[i].fd >= 0 &&
		    is_done(place, pool->places[i].fd, pool->id))
			ret = remove_from_registry(place);
		if (ret)
			message_errno(ret, "cannot update the registry of storage places");
	}
	close(lock);
}

/* Add a sentence if storage is, or may be, left in a place. */
static int add_leftovers(const struct storage_place *place, struct strings *texts)
{
	struct strings stale = {};
	int dir = storage_place_open(place);
	char *text = NULL;
	int ret;

	if (dir == -ENOENT || (dir < 0 && place_in_use(place, NULL)))
		return 0;
	if (dir < 0) {
		ret = asprintf(&text, "storage may be left in %s: %s", place->path,
			       storage_place_problem(dir));
	} else {
		ret = list_stale(dir, &stale);
		if (!ret && stale.count)
			ret = asprintf(&text, "%zu storage files of snapshots that are gone are in %s/"
				       STORAGE_SUBFOLDER, stale.count, place->path);
		close(dir);
	}
	if (ret >= 0)
		ret = text ? strings_add(texts, text) : 0;
	free(text);
	strings_free(&stale);
	return ret;
}

int leftovers_list(struct strings *texts)
{
	struct storage_places places = {};
	int ret = storage_registry_read(&places);

	for (size_t i = 0; !ret && i < places.count; i++)
		ret = add_leftovers(&places.items[i], texts);
	storage_places_free(&places);
	return ret;
}
