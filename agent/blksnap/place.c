// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device.h"
#include "file.h"
#include "place.h"

static void report_refusal(int error, const char *file, enum extent_use use, const char *reason)
{
	bool storage = use == EXTENT_FOR_STORAGE;

	report_error(error, "cannot %s file %s%s%s%s", storage ? "use" : "mark", file,
		     storage ? " as storage" : " as changed", reason ? ": " : "",
		     reason ? reason : "");
}

int place_of_open_file(struct place *place, int fd, const char *file, enum extent_use use)
{
	const char *reason;
	dev_t device;
	int ret;

	memset(place, 0, sizeof(*place));
	ret = file_locate(fd, use, &device, &place->ranges, &reason);
	if (ret) {
		report_refusal(ret, file, use, reason);
		return 1;
	}
	place->path = device_path(device);
	if (place->path)
		return 0;
	report_error(-ENXIO, "cannot find device %u:%u of file %s", major(device), minor(device),
		     file);
	return 1;
}

int place_of_file(struct place *place, const char *file, enum extent_use use)
{
	int fd, status;

	memset(place, 0, sizeof(*place));
	/* O_NONBLOCK so that a FIFO is refused and not waited for. */
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
	report_ranges(report, &place->ranges);
}

void place_free(struct place *place)
{
	free(place->path);
	ranges_free(&place->ranges);
}
