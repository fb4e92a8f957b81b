// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "commands/show.h"
#include "quantity.h"
#include "state/lookup.h"

static const char *error_text(int error)
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
	output_text(object, "problem", device->error ? error_text(device->error) : NULL);
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

void snapshot_report_json(struct json_object *object, const struct snapshot_status *snapshot)
{
	const struct record *record = &snapshot->record;
	char text[BLKSNAP_ID_TEXT];

	output_text(object, "id", blksnap_id_format(&record->id, text));
	output_text(object, "name", record->name);
	output_text(object, "state", snapshot->state);
	json_object_object_add(object, "devices", devices_json(snapshot));
	json_object_object_add(object, "storage", storage_json(&record->storage.places));
	output_number(object, "storage_bytes", snapshot->allocated);
	output_number(object, "wanted_bytes", snapshot->wanted);
	output_number(object, "limit", record->storage.limit);
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

static void print_devices(const struct snapshot_status *snapshot)
{
	for (size_t i = 0; i < snapshot->record.devices.count; i++) {
		const struct image_status *device = &snapshot->devices[i];
		const struct member *member = device->member;

		printf("device:   %s\n", member->path);
		if (member->mount_point)
			printf("  at:     %s\n", member->mount_point);
		if (member->stable)
			printf("  stable: %s\n", member->stable);
		if (*device->image)
			printf("  image:  %s\n", device->image);
		if (device->error)
			printf("  lost:   %s\n", error_text(device->error));
	}
}

static void print_life(const struct snapshot_status *snapshot)
{
	char text[OUTPUT_TIME];

	printf("created:  %s\n", output_time_text(snapshot->record.created, text));
	if (snapshot->record.creator)
		printf("by:       %s\n", snapshot->record.creator);
	if (snapshot->record.expires)
		printf("expires:  %s\n", output_time_text(snapshot->record.expires, text));
	if (snapshot->monitor)
		printf("monitor:  process %ld\n", snapshot->monitor);
	else
		printf("monitor:  none, nobody looks after it; \"blksnap-agent cleanup\" mends that\n");
}

static void print_text(const struct snapshot_status *snapshot)
{
	const struct record *record = &snapshot->record;
	char id[BLKSNAP_ID_TEXT], used[SIZE_TEXT], limit[SIZE_TEXT];

	printf("id:       %s\n", blksnap_id_format(&record->id, id));
	if (record->name)
		printf("name:     %s\n", record->name);
	fputs("state:    ", stdout);
	snapshot_report_state(snapshot->state, 0);
	putchar('\n');
	if (!snapshot->managed)
		return;
	print_devices(snapshot);
	for (size_t i = 0; i < record->storage.places.count; i++)
		printf("storage:  %s\n", record->storage.places.items[i].path);
	printf("has:      %s\n", size_format(snapshot->allocated, used));
	if (snapshot->wanted)
		printf("wants:    %s more, which there is no room for\n",
		       size_format(snapshot->wanted, used));
	printf("limit:    %s\n", record->storage.limit ? size_format(record->storage.limit, limit) : "none");
	print_life(snapshot);
}

static int show(const struct blksnap_id *id, const char *word, bool json)
{
	struct json_object *object;
	struct snapshot_status snapshot;
	int ret = snapshot_status_read(&snapshot, id);
	int status = STATUS_FAILED;

	if (ret) {
		message_errno(ret, "cannot read what is known of snapshot %s", word);
		goto free;
	}
	if (json) {
		object = output_begin();
		snapshot_report_json(object, &snapshot);
		status = output_end(object);
	} else {
		print_text(&snapshot);
		status = output_flush();
	}
	if (!status && !strcmp(snapshot.state, "lost"))
		status = STATUS_LOST;
free:
	snapshot_status_free(&snapshot);
	return status;
}

static int run(const struct arguments *arguments)
{
	struct blksnap_id id;

	if (lookup_snapshot(arguments->words[0], &id))
		return STATUS_FAILED;
	return show(&id, arguments->words[0], arguments->json);
}

const struct agent_command agent_snapshot_show = {
	.name = "snapshot show",
	.usage = "ID [--json]",
	.summary = "Print all about a snapshot",
	.takes = ARGUMENT_JSON,
	.least = 1,
	.most = 1,
	.run = run,
};
