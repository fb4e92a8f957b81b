// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "name.h"
#include "place.h"

static void report_refusal(int error, const char *file, enum blksnap_extents_use use, const char *reason)
{
	bool storage = use == BLKSNAP_EXTENTS_STORAGE;

	report_error(error, "cannot %s file %s%s%s%s", storage ? "use" : "mark", file,
		     storage ? " as storage" : " as changed", reason ? ": " : "",
		     reason ? reason : "");
}

int place_of_open_file(struct place *place, int fd, const char *file, enum blksnap_extents_use use)
{
	unsigned int major, minor;
	const char *reason;
	int ret;

	memset(place, 0, sizeof(*place));
	ret = blksnap_extents_open(fd, use, &place->extents, &reason);
	if (ret) {
		report_refusal(ret, file, use, reason);
		return 1;
	}
	place->ranges = blksnap_extents_ranges(place->extents, &place->count);
	blksnap_extents_device(place->extents, &major, &minor);
	place->path = name_of_device(makedev(major, minor));
	if (place->path)
		return 0;
	report_error(-ENXIO, "cannot find device %u:%u of file %s", major, minor, file);
	return 1;
}

int place_of_file(struct place *place, const char *file, enum blksnap_extents_use use)
{
	int fd, status;

	memset(place, 0, sizeof(*place));
	/* With O_NONBLOCK, a FIFO is refused instead of blocking open(). */
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		report_error(-errno, "cannot open file %s", file);
		return 1;
	}
	status = place_of_open_file(place, fd, file, use);
	close(fd);
	return status;
}

void place_report(struct report *report, const struct place *place)
{
	report_text(report, "device", place->path);
	report_ranges(report, place->ranges, place->count);
}

void place_free(struct place *place)
{
	free(place->path);
	blksnap_extents_close(place->extents);
}
