// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "cli/output.h"
#include "commands/snapshot_report.h"

const char *snapshot_report_error(int error)
{
	if (error == -ENOSPC)
		return "the storage was used up";
	return blksnap_strerror(BLKSNAP_IMAGE_INFO, error);
}

static struct json_object *device_json(const struct image_status *device)
{
	const struct member *member = device->member;
	struct json_object *object = json_object_new_object();
	char text[BLKSNAP_ID_TEXT], number[32];

	snprintf(number, sizeof(number), "%u:%u", major(member->number), minor(member->number));
	output_text(object, "device", member->path);
	output_text(object, "given", member->given);
	output_text(object, "mount_point", member->mount_point);
	output_text(object, "stable_name", member->stable);
	output_text(object, "uuid", member->uuid);
	output_text(object, "label", member->label);
	output_text(object, "role", member->role);
	output_text(object, "major_minor", number);
	output_number(object, "size", member->size);
	output_text(object, "generation",
		    member->take ? blksnap_id_format(&member->generation, text) : NULL);
	json_object_object_add(object, "number",
			       member->take ? json_object_new_int(member->take) : NULL);
	output_text(object, "image", *device->image ? device->image : NULL);
	output_text(object, "image_link", *device->link ? device->link : NULL);
	json_object_object_add(object, "error", json_object_new_int(device->error));
	output_text(object, "problem", device->error ? snapshot_report_error(device->error) : NULL);
	return object;
}

static struct json_object *devices_json(const struct snapshot_status *snapshot)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < snapshot->record.devices.count; i++)
		json_object_array_add(array, device_json(&snapshot->devices[i]));
	return array;
}

static struct json_object *storage_json(const struct storage_places *places)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < places->count; i++)
		json_object_array_add(array, output_string(places->items[i].path));
	return array;
}

static void level_json(struct json_object *object, const struct storage_level *level,
			       uint64_t limit)
{
	output_number(object, "storage_bytes", level->allocated);
	output_number(object, "used_at_least_bytes", level->used);
	output_number(object, "used_at_least_percent",
		      storage_level_percent(level->used, level->allocated));
	output_number(object, "wanted_bytes", level->wanted);
	output_number(object, "limit", limit);
	json_object_object_add(object, "limit_percent", limit ? json_object_new_int(
			       storage_level_percent(level->allocated, limit)) : NULL);
}

void snapshot_report_json(struct json_object *object, const struct snapshot_status *snapshot)
{
	const struct record *record = &snapshot->record;
	char text[BLKSNAP_ID_TEXT];

	output_text(object, "id", blksnap_id_format(&record->id, text));
	output_text(object, "name", record->name);
	output_text(object, "state", snapshot->state);
	json_object_object_add(object, "devices", devices_json(snapshot));
	json_object_object_add(object, "storage", storage_json(&record->storage.places));
	level_json(object, &snapshot->level, record->storage.limit);
	output_time(object, "created", record->created);
	output_text(object, "creator", record->creator);
	output_time(object, "expires", record->expires);
	json_object_object_add(object, "monitor",
			       snapshot->monitor ? json_object_new_int64(snapshot->monitor) : NULL);
}

void snapshot_report_state(const char *state, int width)
{
	enum output_colour colour = OUTPUT_DOUBTFUL;

	if (!strcmp(state, "taken"))
		colour = OUTPUT_GOOD;
	else if (!strcmp(state, "lost"))
		colour = OUTPUT_BAD;
	output_coloured(colour, state, width);
}
