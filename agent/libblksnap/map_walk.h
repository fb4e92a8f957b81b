/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The walk over a change map, independent of its source. */
#ifndef BLKSNAP_MAP_WALK_H
#define BLKSNAP_MAP_WALK_H

#include <blksnap/blksnap.h>

/* Number of entries that are read at once. */
#define MAP_PIECE	(64U << 10)

/* Reads entries like blksnap_map_read(). */
typedef int map_reader(void *source, uint32_t first, uint8_t *map, uint32_t length);

/**
 * struct map_walk - the walk
 * @read: reads entries
 * @source: argument of @read
 * @info: properties of the map
 * @since: larger entries are changed blocks
 * @next: index of the next entry
 * @piece: entries that were read
 * @first: index of the first entry in @piece
 * @filled: number of entries in @piece
 */
struct map_walk {
	map_reader *read;
	void *source;
	struct blksnap_tracker_info info;
	unsigned int since;
	uint32_t next;
	uint8_t piece[MAP_PIECE];
	uint32_t first;
	uint32_t filled;
};

/*
 * Find the next range. Returns 1, 0 at the end, or a negative errno: -EIO if the map ends early or
 * does not fit the device.
 */
int map_walk_next(struct map_walk *walk, struct blksnap_range *range);

#endif
