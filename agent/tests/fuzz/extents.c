// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Extents as a file system may report them. The resulting ranges are always as long as the file,
 * consist of whole sectors, and do not overflow.
 */
#include <stdlib.h>
#include <string.h>

#include "extent.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {
	"\1\1\1\1\1\1\1\1", "0000000011111111", "\1\2\3\4\5\6\7\10\11\12\13\14", NULL,
};

/* Mostly small numbers of blocks, sometimes any number. */
static uint64_t take(const uint8_t **data, size_t *size)
{
	uint64_t value = 0;

	if (!*size)
		return 0;
	if (**data >= 0xf0 && *size > 8) {
		memcpy(&value, *data + 1, 8);
		*data += 9;
		*size -= 9;
		return value;
	}
	value = **data & 15;
	(*data)++;
	(*size)--;
	return value << 12;
}

static void check(const struct extent_walk *walk)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < walk->ranges->count; i++) {
		const struct blksnap_range *range = &walk->ranges->items[i];

		if (!range->count || range->sector + range->count < range->sector)
			abort();
		bytes += range->count * SECTOR_SIZE;
	}
	if (walk->use == BLKSNAP_EXTENTS_STORAGE && bytes != walk->end)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ranges ranges = {};
	struct extent_walk walk = { .ranges = &ranges };
	int ret = 0;

	walk.use = size && *data & 1 ? BLKSNAP_EXTENTS_STORAGE : BLKSNAP_EXTENTS_DIRTY;
	walk.end = take(&data, &size);
	while (!ret && size) {
		struct fiemap_extent extent = {
			.fe_logical = take(&data, &size),
			.fe_physical = take(&data, &size),
			.fe_length = take(&data, &size),
			.fe_flags = take(&data, &size) >> 12 & ~7,
		};

		ret = extent_add(&walk, &extent);
	}
	if (!ret && !extent_finish(&walk))
		check(&walk);
	ranges_free(&ranges);
	return 0;
}
