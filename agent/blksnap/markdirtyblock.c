// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "place.h"
#include "report.h"

static int mark(const char *device, const struct blksnap_range *ranges, size_t count)
{
	int fd = access_device(device);
	int ret;

	if (fd < 0)
		return 1;
	ret = blksnap_mark_dirty(fd, ranges, count);
	close(fd);
	if (ret)
		report_error(ret, "cannot mark blocks of device %s%s as changed", device,
			     access_hint(ret));
	return ret ? 1 : 0;
}

static int mark_file(const char *file, bool json)
{
	struct report report;
	struct place place;
	int status;

	status = place_of_file(&place, file, BLKSNAP_EXTENTS_DIRTY);
	if (!status)
		status = mark(place.path, place.ranges, place.count);
	if (!status) {
		report_begin(&report, json, NULL);
		place_report(&report, &place);
		status = report_end(&report);
	}
	place_free(&place);
	return status;
}

static int run(const struct options *options)
{
	const unsigned int direct = OPTION_DEVICE | OPTION_RANGES;
	unsigned int given = options->given & ~OPTION_JSON;

	if (given == OPTION_FILE)
		return mark_file(options->file, options->json);
	if (given == direct)
		return mark(options->device, options->ranges.items, options->ranges.count);
	report_problem("either --file is needed, or --device and --ranges");
	return 1;
}

const struct command command_markdirtyblock = {
	.name = "markdirtyblock",
	.usage = "(-f FILE [-j] | -d DEV -r SECTOR:COUNT...)",
	.summary = "Mark blocks of a device as changed",
	.help = "With a file, all its blocks on the device that holds it are marked, and listed\n"
		"as \"device=PATH\" and lines \"range=SECTOR:COUNT\".",
	.takes = OPTION_FILE | OPTION_DEVICE | OPTION_RANGES | OPTION_JSON,
	.run = run,
};
