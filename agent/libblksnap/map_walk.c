// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdbool.h>

#include "map_walk.h"

#define SECTOR_SIZE	512

/* Make sure that @walk->next is in the piece, and read the next piece if it is not. */
static int fill(struct map_walk *walk)
{
	uint32_t left = walk->info.block_count - walk->next;
	uint32_t wanted = left < MAP_PIECE ? left : MAP_PIECE;
	int got;

	if (walk->next >= walk->first && walk->next - walk->first < walk->filled)
		return 0;
	got = walk->read(walk->source, walk->next, walk->piece, wanted);
	if (got < 0)
		return got;
	if (!got || (uint32_t)got > wanted)
		return -EIO;
	walk->first = walk->next;
	walk->filled = got;
	return 0;
}

/* Advance to the next entry that is changed, or unchanged. Returns 0 or a negative errno. */
static int skip(struct map_walk *walk, bool changed)
{
	while (walk->next < walk->info.block_count) {
		int ret = fill(walk);

		if (ret)
			return ret;
		if ((walk->piece[walk->next - walk->first] > walk->since) == changed)
			return 0;
		walk->next++;
	}
	return 0;
}

static int make_range(const struct map_walk *walk, uint32_t first, struct blksnap_range *range)
{
	uint64_t size = walk->info.block_size;
	uint64_t start = first * size;
	uint64_t end = walk->next * size;

	if (end > walk->info.device_size)
		end = walk->info.device_size;
	if (!size || size % SECTOR_SIZE || end <= start)
		return -EIO;
	range->sector = start / SECTOR_SIZE;
	range->count = (end - start) / SECTOR_SIZE;
	return range->count ? 1 : -EIO;
}

int map_walk_next(struct map_walk *walk, struct blksnap_range *range)
{
	uint32_t first;
	int ret;

	ret = skip(walk, true);
	if (ret || walk->next >= walk->info.block_count)
		return ret;
	first = walk->next;
	ret = skip(walk, false);
	return ret ? ret : make_range(walk, first, range);
}
