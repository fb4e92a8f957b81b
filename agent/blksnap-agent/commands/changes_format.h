/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed on a device, in one of several formats. */
#ifndef BLKSNAP_AGENT_CHANGES_H
#define BLKSNAP_AGENT_CHANGES_H

#include <stdbool.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

/**
 * struct extent_source - extents in order, one after the other
 * @next: gives the next one: 1, 0 at the end, or a negative errno
 * @rewind: begins again
 * @argument: for both
 */
struct extent_source {
	int (*next)(void *argument, struct blksnap_range *range);
	void (*rewind)(void *argument);
	void *argument;
};

/**
 * struct changes_head - what is told besides the extents
 * @device: its path
 * @info: its change map
 * @since: number of the snapshot that was copied before; -1: everything is wanted
 */
struct changes_head {
	const char *device;
	const struct blksnap_tracker_info *info;
	int since;
};

/* Each returns 0 or a negative errno of the source; nothing is kept in memory. */
typedef int changes_format(const struct changes_head *head, const struct extent_source *source);

changes_format changes_extents;
changes_format changes_json;
changes_format changes_bmap;
changes_format changes_map;

#endif
