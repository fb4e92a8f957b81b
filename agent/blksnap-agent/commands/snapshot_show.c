// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>

#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "commands/snapshot_report.h"
#include "quantity.h"
#include "state/lookup.h"

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
			printf("  lost:   %s\n", snapshot_report_error(device->error));
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
		printf("monitor:  none; run \"blksnap-agent cleanup\" to start one\n");
}

static void print_level(const struct storage_level *level, uint64_t limit)
{
	char size[SIZE_TEXT];

	printf("has:      %s", size_format(level->allocated, size));
	if (limit)
		printf(", %u %% of its limit of %s", storage_level_percent(level->allocated, limit),
		       size_format(limit, size));
	printf("\nused:     ");
	if (level->used)
		printf("at least %s (%u %%)\n", size_format(level->used, size),
		       storage_level_percent(level->used, level->allocated));
	else
		puts("not known before the module asks for more");
	if (level->wanted)
		printf("wants:    %s more, which there is no room for\n",
		       size_format(level->wanted, size));
	if (!limit)
		puts("limit:    none");
}

static void print_text(const struct snapshot_status *snapshot)
{
	const struct record *record = &snapshot->record;
	char id[BLKSNAP_ID_TEXT];

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
	print_level(&snapshot->level, record->storage.limit);
	print_life(snapshot);
}

static int print_snapshot(const struct blksnap_id *id, const char *word, bool json)
{
	struct json_object *object;
	struct snapshot_status snapshot;
	int ret = snapshot_status_read(&snapshot, id);
	int status = STATUS_FAILED;

	if (ret) {
		message_errno(ret, "cannot read the record of snapshot %s", word);
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
	return print_snapshot(&id, arguments->words[0], arguments->json);
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
