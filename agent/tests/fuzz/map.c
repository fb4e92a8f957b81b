// SPDX-License-Identifier: GPL-2.0-or-later
/* Change maps: the resulting ranges are exactly the blocks above the number. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "map_walk.h"

#define BLOCK	512

const char *const fuzz_seeds[] = { "\1\1\2\2\1\1\3", "\5\377\377\377", "\1", NULL };

struct source {
	const uint8_t *map;
	size_t size;
};

/* Reads pieces of varying size, as a kernel may. */
static int read_some(void *argument, uint32_t first, uint8_t *map, uint32_t length)
{
	const struct source *source = argument;
	size_t left = first < source->size ? source->size - first : 0;

	if (length > left)
		length = left;
	if (length > 1 + first % 7)
		length = 1 + first % 7;
	memcpy(map, source->map + first, length);
	return length;
}

static void check(const struct source *source, struct map_walk *walk)
{
	struct blksnap_range range;
	uint64_t next = 0;
	int ret;

	while ((ret = map_walk_next(walk, &range)) > 0) {
		for (; next < range.sector; next++)
			if (source->map[next] > walk->since)
				abort();
		for (; next < range.sector + range.count; next++)
			if (source->map[next] <= walk->since)
				abort();
	}
	for (; !ret && next < source->size; next++)
		if (source->map[next] > walk->since)
			abort();
	if (ret)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct map_walk walk;
	struct source source = { data + 1, size - 1 };

	if (size < 2)
		return 0;
	memset(&walk, 0, sizeof(walk));
	walk.read = read_some;
	walk.source = &source;
	walk.since = *data;
	walk.info.block_size = BLOCK;
	walk.info.block_count = source.size;
	walk.info.device_size = source.size * BLOCK;
	check(&source, &walk);
	return 0;
}
