// SPDX-License-Identifier: GPL-2.0-or-later
/* Metrics of all snapshots in the text format of Prometheus, for the node exporter. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "state/lookup.h"
#include "state/snapshot_status.h"

static int64_t created(const struct snapshot_status *snapshot)
{
	return snapshot->record.created;
}

static int64_t expires(const struct snapshot_status *snapshot)
{
	return snapshot->record.expires;
}

static int64_t lost(const struct snapshot_status *snapshot)
{
	return !strcmp(snapshot->state, "lost");
}

static int64_t watched(const struct snapshot_status *snapshot)
{
	return snapshot->monitor > 0;
}

static int64_t allocated(const struct snapshot_status *snapshot)
{
	return snapshot->level.allocated;
}

static int64_t used(const struct snapshot_status *snapshot)
{
	return snapshot->level.used;
}

static int64_t wanted(const struct snapshot_status *snapshot)
{
	return snapshot->level.wanted;
}

static int64_t limit(const struct snapshot_status *snapshot)
{
	return snapshot->record.storage.limit;
}

static const struct {
	const char *name;
	const char *help;
	int64_t (*value)(const struct snapshot_status *snapshot);
} gauges[] = {
	{ "created_timestamp_seconds", "When the snapshot was made.", created },
	{ "expires_timestamp_seconds", "When it expires; 0: never.", expires },
	{ "lost", "Whether an image is lost.", lost },
	{ "watched", "Whether its monitor is running.", watched },
	{ "storage_bytes", "Storage that it has.", allocated },
	{ "storage_used_at_least_bytes", "Storage that old data fills at least.", used },
	{ "storage_wanted_bytes", "Storage that it asked for in vain.", wanted },
	{ "storage_limit_bytes", "Storage that it may have; 0: no limit.", limit },
};

static void print_gauge(size_t gauge, const struct snapshot_status *snapshots, size_t count)
{
	char id[BLKSNAP_ID_TEXT];

	printf("# HELP blksnap_snapshot_%s %s\n# TYPE blksnap_snapshot_%s gauge\n",
	       gauges[gauge].name, gauges[gauge].help, gauges[gauge].name);
	for (size_t i = 0; i < count; i++)
		if (snapshots[i].managed)
			printf("blksnap_snapshot_%s{id=\"%s\",name=\"%s\"} %" PRIi64 "\n",
			       gauges[gauge].name, blksnap_id_format(&snapshots[i].record.id, id),
			       snapshots[i].record.name ? snapshots[i].record.name : "",
			       gauges[gauge].value(&snapshots[i]));
}

static int print_metrics(const struct snapshot_status *snapshots, size_t count)
{
	printf("# HELP blksnap_snapshots Snapshots that are held, also those of other programs.\n"
	       "# TYPE blksnap_snapshots gauge\nblksnap_snapshots %zu\n", count);
	for (size_t i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++)
		print_gauge(i, snapshots, count);
	return output_flush() ? STATUS_FAILED : STATUS_OK;
}

static int run(const struct arguments *arguments)
{
	struct blksnap_id *ids;
	struct snapshot_status *snapshots;
	size_t count, opened = 0;
	int ret, status = STATUS_FAILED;

	(void)arguments;
	if (lookup_all(&ids, &count))
		return STATUS_FAILED;
	snapshots = calloc(count + 1, sizeof(*snapshots));
	/* A snapshot that ended meanwhile has no record, and is not printed. */
	for (ret = snapshots ? 0 : -ENOMEM; !ret && opened < count; opened++)
		ret = snapshot_status_read(&snapshots[opened], &ids[opened]);
	if (ret)
		message_errno(ret, "cannot read the record of a snapshot");
	else
		status = print_metrics(snapshots, count);
	for (size_t i = 0; i < opened; i++)
		snapshot_status_free(&snapshots[i]);
	free(snapshots);
	free(ids);
	return status;
}

const struct agent_command agent_metrics = {
	.name = "metrics",
	.usage = "",
	.summary = "Print figures for the node exporter of Prometheus",
	.run = run,
};
