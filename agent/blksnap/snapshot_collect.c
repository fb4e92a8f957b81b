// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "report.h"

static struct json_object *to_json(const struct blksnap_id *ids, size_t count)
{
	struct json_object *array = json_object_new_array();
	char text[REPORT_ID_SIZE];

	for (size_t i = 0; i < count; i++)
		json_object_array_add(array,
				      json_object_new_string(report_id_text(&ids[i], text)));
	return array;
}

static int print(const struct blksnap_id *ids, size_t count, bool json)
{
	char text[REPORT_ID_SIZE];
	struct report report;

	report_begin(&report, json, NULL);
	if (json)
		json_object_object_add(report.object, "snapshots", to_json(ids, count));
	for (size_t i = 0; !json && i < count; i++)
		puts(report_id_text(&ids[i], text));
	return report_end(&report);
}

static int run(const struct options *options)
{
	int control = access_control();
	struct blksnap_id *ids;
	size_t count;
	int ret, status;

	if (control < 0)
		return 1;
	ret = blksnap_snapshot_list(control, &ids, &count);
	close(control);
	if (ret) {
		report_error(ret, "cannot list the snapshots");
		return 1;
	}
	status = print(ids, count, options->json);
	free(ids);
	return status;
}

const struct command command_snapshot_collect = {
	.name = "snapshot_collect",
	.usage = "[-j]",
	.summary = "Print the ids of all snapshots",
	.help = "One in each line.",
	.takes = OPTION_JSON,
	.run = run,
};
