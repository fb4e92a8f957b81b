/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Output formats of "changes". */
#ifndef BLKSNAP_CHANGES_FORMAT_H
#define BLKSNAP_CHANGES_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

/**
 * struct extent_source - an iterator over extents in ascending order
 * @next: returns 1 and the next extent, 0 at the end, or a negative errno
 * @rewind: starts again
 * @argument: argument of both
 */
struct extent_source {
	int (*next)(void *argument, struct blksnap_range *range);
	void (*rewind)(void *argument);
	void *argument;
};

/**
 * struct changes_head - what is printed besides the extents
 * @device: path of the device
 * @info: its change map
 * @since: number of the earlier snapshot; -1: the whole device is printed
 */
struct changes_head {
	const char *device;
	const struct blksnap_tracker_info *info;
	int since;
};

/*
 * Print the extents. Returns 0 or a negative errno of the source. The extents are not kept in
 * memory.
 */
typedef int changes_format(const struct changes_head *head, const struct extent_source *source);

changes_format changes_extents;
changes_format changes_json;
changes_format changes_bmap;
changes_format changes_map;
changes_format changes_borg;

#endif
