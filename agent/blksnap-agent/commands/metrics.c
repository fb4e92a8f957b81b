// SPDX-License-Identifier: GPL-2.0-or-later
/* Figures of all snapshots in the text format of Prometheus, for its node exporter. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"
#include "commands/command.h"
#include "state/find.h"
#include "state/view.h"

static int64_t created(const struct view *view)
{
	return view->record.created;
}

static int64_t expires(const struct view *view)
{
	return view->record.expires;
}

static int64_t lost(const struct view *view)
{
	return !strcmp(view->state, "lost");
}

static int64_t watched(const struct view *view)
{
	return view->monitor > 0;
}

static int64_t allocated(const struct view *view)
{
	return view->allocated;
}

static int64_t wanted(const struct view *view)
{
	return view->wanted;
}

static int64_t limit(const struct view *view)
{
	return view->record.limit;
}

static const struct {
	const char *name;
	const char *help;
	int64_t (*value)(const struct view *view);
} gauges[] = {
	{ "created_timestamp_seconds", "When the snapshot was made.", created },
	{ "expires_timestamp_seconds", "When it ends by itself; 0: never.", expires },
	{ "lost", "Whether an image is lost.", lost },
	{ "watched", "Whether somebody looks after it.", watched },
	{ "storage_bytes", "Storage that it has.", allocated },
	{ "storage_wanted_bytes", "Storage that it asked for in vain.", wanted },
	{ "storage_limit_bytes", "Storage that it may have; 0: no limit.", limit },
};

static void print_gauge(size_t gauge, const struct view *views, size_t count)
{
	char id[BLKSNAP_ID_TEXT];

	printf("# HELP blksnap_snapshot_%s %s\n# TYPE blksnap_snapshot_%s gauge\n",
	       gauges[gauge].name, gauges[gauge].help, gauges[gauge].name);
	for (size_t i = 0; i < count; i++)
		if (views[i].managed)
			printf("blksnap_snapshot_%s{id=\"%s\",name=\"%s\"} %" PRIi64 "\n",
			       gauges[gauge].name, blksnap_id_format(&views[i].record.id, id),
			       views[i].record.name ? views[i].record.name : "",
			       gauges[gauge].value(&views[i]));
}

static int print(const struct view *views, size_t count)
{
	printf("# HELP blksnap_snapshots Snapshots that are held, also those of other programs.\n"
	       "# TYPE blksnap_snapshots gauge\nblksnap_snapshots %zu\n", count);
	for (size_t i = 0; i < sizeof(gauges) / sizeof(gauges[0]); i++)
		print_gauge(i, views, count);
	return output_flush() ? STATUS_FAILED : STATUS_OK;
}

static int run(const struct arguments *arguments)
{
	struct blksnap_id *ids;
	struct view *views;
	size_t count, opened = 0;
	int ret, status = STATUS_FAILED;

	(void)arguments;
	if (find_all(&ids, &count))
		return STATUS_FAILED;
	views = calloc(count + 1, sizeof(*views));
	/* One that ended meanwhile has no record any more, and is not counted as managed. */
	for (ret = views ? 0 : -ENOMEM; !ret && opened < count; opened++)
		ret = view_open(&views[opened], &ids[opened]);
	if (ret)
		message_errno(ret, "cannot read what is known of a snapshot");
	else
		status = print(views, count);
	for (size_t i = 0; i < opened; i++)
		view_free(&views[i]);
	free(views);
	free(ids);
	return status;
}

const struct agent_command agent_metrics = {
	.name = "metrics",
	.usage = "",
	.summary = "Print figures for the node exporter of Prometheus",
	.run = run,
};
