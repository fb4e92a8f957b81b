// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "place.h"
#include "report.h"

static int print(const struct place *place, bool json)
{
	struct report report;

	report_begin(&report, json, NULL);
	place_report(&report, place);
	return report_end(&report);
}

static int append(const struct options *options, const struct place *place)
{
	int control = access_control();
	int ret;

	if (control < 0)
		return 1;
	ret = blksnap_snapshot_append(control, &options->id, place->path, place->ranges,
				      place->count);
	close(control);
	if (!ret)
		return print(place, options->json);
	if (options->file)
		report_error(ret, "cannot append file %s on device %s to snapshot %s",
			     options->file, place->path, options->id_text);
	else
		report_error(ret, "cannot append storage on device %s to snapshot %s",
			     options->device, options->id_text);
	return 1;
}

static int append_file(const struct options *options)
{
	struct place place;
	int status = place_of_file(&place, options->file, BLKSNAP_EXTENTS_STORAGE);

	if (!status)
		status = append(options, &place);
	place_free(&place);
	return status;
}

static int append_device(const struct options *options)
{
	struct place place = {
		.path = access_path(options->device),
		.ranges = options->ranges.items,
		.count = options->ranges.count,
	};
	int status = place.path ? append(options, &place) : 1;

	place_free(&place);
	return status;
}

static int run(const struct options *options)
{
	const unsigned int direct = OPTION_DEVICE | OPTION_RANGES;
	unsigned int given = options->given & (OPTION_FILE | direct);

	if (given == OPTION_FILE)
		return append_file(options);
	if (given == direct)
		return append_device(options);
	report_problem("either --file is needed, or --device and --ranges");
	return 1;
}

const struct command command_snapshot_appendstorage = {
	.name = "snapshot_appendstorage",
	.usage = "-i ID (-f FILE | -d DEV -r SECTOR:COUNT...) [-j]",
	.summary = "Give a snapshot room for data that is overwritten",
	.help = "With a file, its blocks are used, and it must stay as it is until the snapshot\n"
		"is destroyed. All of it must be allocated, as by fallocate(1).\n"
		"Prints \"device=PATH\" and lines \"range=SECTOR:COUNT\".",
	.takes = OPTION_ID | OPTION_FILE | OPTION_DEVICE | OPTION_RANGES | OPTION_JSON,
	.needs = OPTION_ID,
	.run = run,
};
