/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of a device that the user named, directly or by a file that lies there. */
#ifndef BLKSNAP_PLACE_H
#define BLKSNAP_PLACE_H

#include <blksnap/blksnap.h>

#include "report.h"

/**
 * struct place - a device and ranges of it
 * @path: of the device, for the kernel to open
 * @ranges: of the device; they belong to @extents, or to whoever named them
 * @count: number of @ranges
 * @extents: where the file lies, or NULL if there is none
 */
struct place {
	char *path;
	const struct blksnap_range *ranges;
	size_t count;
	struct blksnap_extents *extents;
};

/*
 * Where a file lies, which for the second is open as @fd and named only for messages.
 * Returns 0, or 1 after a message; place_free() follows either way.
 */
int place_of_file(struct place *place, const char *file, enum blksnap_extents_use use);
int place_of_open_file(struct place *place, int fd, const char *file, enum blksnap_extents_use use);

void place_report(struct report *report, const struct place *place);
void place_free(struct place *place);

#endif
