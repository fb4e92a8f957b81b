/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A walk over a change map, apart from where the map comes from. */
#ifndef BLKSNAP_MAP_WALK_H
#define BLKSNAP_MAP_WALK_H

#include <blksnap/blksnap.h>

/* Entries that are looked at together. */
#define MAP_PIECE	(64U << 10)

/* Reads like blksnap_map_read(). */
typedef int map_reader(void *source, uint32_t first, uint8_t *map, uint32_t length);

/**
 * struct map_walk - the walk
 * @read: where the entries come from
 * @source: for @read
 * @info: what the map looks like
 * @since: entries above it are changed blocks
 * @next: entry to be looked at next
 * @piece: entries
 * @first: the entry that @piece begins with
 * @filled: entries in @piece
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

/* 1 and a range, 0 at the end, -EIO if the map ends early or does not fit the device. */
int map_walk_next(struct map_walk *walk, struct blksnap_range *range);

#endif
