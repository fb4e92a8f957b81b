/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges of a device, given directly or as a file on the device. */
#ifndef BLKSNAP_PLACE_H
#define BLKSNAP_PLACE_H

#include <blksnap/blksnap.h>

#include "report.h"

/**
 * struct place - a device and ranges of it
 * @path: of the device, for the kernel
 * @ranges: of the device; owned by @extents or by the caller
 * @count: number of @ranges
 * @extents: of the file, or NULL
 */
struct place {
	char *path;
	const struct blksnap_range *ranges;
	size_t count;
	struct blksnap_extents *extents;
};

/*
 * Find the ranges of a file; for the second function it is open as @fd, and named for messages
 * only. Returns 0, or 1 after a message; place_free() follows in both cases.
 */
int place_of_file(struct place *place, const char *file, enum blksnap_extents_use use);
int place_of_open_file(struct place *place, int fd, const char *file, enum blksnap_extents_use use);

void place_report(struct report *report, const struct place *place);
void place_free(struct place *place);

#endif
