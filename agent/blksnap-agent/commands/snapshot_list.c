// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>

#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "commands/snapshot_report.h"
#include "quantity.h"
#include "state/lookup.h"

#define NAME_MOST	24

static void print_line(const struct snapshot_status *snapshot)
{
	const struct record *record = &snapshot->record;
	char id[BLKSNAP_ID_TEXT], size[SIZE_TEXT], used[8] = "-", created[OUTPUT_TIME] = "-";
	const struct storage_level *level = &snapshot->level;
	char *devices = members_join(&record->devices);

	if (record->created)
		output_time_text(record->created, created);
	printf("%s  %-*.*s  ", blksnap_id_format(&record->id, id), NAME_MOST / 2, NAME_MOST,
	       record->name ? record->name : "-");
	snapshot_report_state(snapshot->state, 9);
	if (level->used)
		snprintf(used, sizeof(used), ">=%u%%",
			 storage_level_percent(level->used, level->allocated));
	printf("  %-20s  %10s  %6s  %s\n", created, size_format(level->allocated, size), used,
	       devices && *devices ? devices : "-");
	free(devices);
}

static int add_snapshot(const struct blksnap_id *id, struct json_object *array)
{
	struct json_object *object;
	struct snapshot_status snapshot;
	int ret = snapshot_status_read(&snapshot, id);

	if (ret)
		message_errno(ret, "cannot read the record of a snapshot");
	if (!ret && array) {
		object = json_object_new_object();
		snapshot_report_json(object, &snapshot);
		json_object_array_add(array, object);
	} else if (!ret) {
		print_line(&snapshot);
	}
	snapshot_status_free(&snapshot);
	return ret ? 1 : 0;
}

static int print_json(const struct blksnap_id *ids, size_t count)
{
	struct json_object *object = output_begin();
	struct json_object *array = json_object_new_array();
	int status = 0;

	for (size_t i = 0; i < count; i++)
		status |= add_snapshot(&ids[i], array);
	json_object_object_add(object, "snapshots", array);
	return output_end(object) | status;
}

static int print_table(const struct blksnap_id *ids, size_t count)
{
	int status = 0;

	if (count)
		printf("%-36s  %-12s  %-9s  %-20s  %10s  %6s  %s\n", "ID", "NAME", "STATE", "CREATED",
		       "STORAGE", "USED", "DEVICES");
	for (size_t i = 0; i < count; i++)
		status |= add_snapshot(&ids[i], NULL);
	return output_flush() | status;
}

static int run(const struct arguments *arguments)
{
	struct blksnap_id *ids;
	size_t count;
	int status;

	if (lookup_all(&ids, &count))
		return STATUS_FAILED;
	status = arguments->json ? print_json(ids, count) : print_table(ids, count);
	free(ids);
	return status;
}

const struct agent_command agent_snapshot_list = {
	.name = "snapshot list",
	.usage = "[--json]",
	.summary = "Print all snapshots",
	.takes = ARGUMENT_JSON,
	.run = run,
};
