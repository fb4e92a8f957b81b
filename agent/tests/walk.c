// SPDX-License-Identifier: GPL-2.0-or-later
/* Unit tests of the walk over a change map, of ids and of error texts, without a device. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map_walk.h"
#include "expect.h"

#define BLOCK	65536
#define SECTORS	(BLOCK / 512)

/* A map in memory that returns at most @most entries at once. */
struct source {
	uint8_t *map;
	uint32_t size;
	uint32_t most;
	int error;
};

static int read_source(void *argument, uint32_t first, uint8_t *map, uint32_t length)
{
	const struct source *source = argument;
	uint32_t left = first < source->size ? source->size - first : 0;

	if (source->error)
		return source->error;
	if (length > left)
		length = left;
	if (length > source->most)
		length = source->most;
	memcpy(map, source->map + first, length);
	return length;
}

static struct map_walk *walk_over(struct source *source, uint32_t blocks, unsigned int since)
{
	struct map_walk *walk = calloc(1, sizeof(*walk));

	walk->read = read_source;
	walk->source = source;
	walk->info.block_size = BLOCK;
	walk->info.block_count = blocks;
	walk->info.device_size = (uint64_t)blocks * BLOCK - BLOCK / 2;
	walk->since = since;
	return walk;
}

static bool next_is(struct map_walk *walk, uint64_t sector, uint64_t count)
{
	struct blksnap_range range;

	return map_walk_next(walk, &range) == 1 && range.sector == sector && range.count == count;
}

static bool next_ends(struct map_walk *walk, int wanted)
{
	struct blksnap_range range;

	return map_walk_next(walk, &range) == wanted;
}

static void test_small(uint32_t most)
{
	uint8_t map[8] = { 3, 3, 0, 2, 1, 2, 0, 9 };
	struct source source = { map, sizeof(map), most, 0 };
	struct map_walk *walk = walk_over(&source, 8, 1);

	expect(next_is(walk, 0, 2 * SECTORS), "the first blocks are one range");
	expect(next_is(walk, 3 * SECTORS, SECTORS), "what is not above the number is left out");
	expect(next_is(walk, 5 * SECTORS, SECTORS), "another one");
	expect(next_is(walk, 7 * SECTORS, SECTORS / 2), "the last one ends with the device");
	expect(next_ends(walk, 0), "the end");
	expect(next_ends(walk, 0), "it stays the end");
	free(walk);
}

/* Ranges that begin, end and continue at the borders of pieces. */
static void test_pieces(void)
{
	uint32_t blocks = 3 * MAP_PIECE + 5;
	uint8_t *map = calloc(1, blocks);
	struct source source = { map, blocks, UINT32_MAX, 0 };
	struct map_walk *walk = walk_over(&source, blocks, 0);

	map[MAP_PIECE - 1] = 1;
	memset(map + 2 * MAP_PIECE - 1, 1, MAP_PIECE + 1);
	expect(next_is(walk, (uint64_t)(MAP_PIECE - 1) * SECTORS, SECTORS), "the end of a piece");
	expect(next_is(walk, (uint64_t)(2 * MAP_PIECE - 1) * SECTORS,
		       (uint64_t)(MAP_PIECE + 1) * SECTORS), "a range across pieces");
	expect(next_ends(walk, 0), "the end");
	free(walk);
	free(map);
}

static void test_all_and_none(void)
{
	uint8_t map[4] = { 255, 255, 255, 255 };
	struct source source = { map, sizeof(map), UINT32_MAX, 0 };
	struct map_walk *walk = walk_over(&source, 4, 0);

	expect(next_is(walk, 0, 4 * SECTORS - SECTORS / 2), "all changed is one range");
	free(walk);
	walk = walk_over(&source, 4, 255);
	expect(next_ends(walk, 0), "none changed is none");
	free(walk);
}

static void test_bad_maps(void)
{
	uint8_t map[4] = { 1, 1, 1, 1 };
	struct source source = { map, sizeof(map), UINT32_MAX, 0 };
	struct map_walk *walk = walk_over(&source, 5, 0);

	expect(next_ends(walk, -EIO), "a map that ends early");
	free(walk);
	walk = walk_over(&source, 4, 0);
	walk->info.device_size = 0;
	expect(next_ends(walk, -EIO), "a device that is smaller than its map");
	free(walk);
	walk = walk_over(&source, 4, 0);
	walk->info.block_size = 100;
	expect(next_ends(walk, -EIO), "blocks that are not whole sectors");
	free(walk);
	source.error = -ENODEV;
	walk = walk_over(&source, 4, 0);
	expect(next_ends(walk, -ENODEV), "an error of the device");
	free(walk);
}

static bool id_is_refused(const char *text)
{
	struct blksnap_id id = {}, zero = {};

	return blksnap_id_parse(text, &id) == -EINVAL && !memcmp(&id, &zero, sizeof(id));
}

static void test_ids(void)
{
	const char *good = "01234567-89ab-cdef-0123-456789abcdef";
	char text[BLKSNAP_ID_TEXT];
	struct blksnap_id id;

	expect(!blksnap_id_parse(good, &id), "an id");
	expect(id.bytes[0] == 0x01 && id.bytes[15] == 0xef, "its bytes");
	expect(!strcmp(blksnap_id_format(&id, text), good), "and its text");
	expect(!blksnap_id_parse("01234567-89AB-CDEF-0123-456789ABCDEF", &id), "capitals");
	expect(!strcmp(blksnap_id_format(&id, text), good), "become small");
	expect(id_is_refused(""), "nothing");
	expect(id_is_refused("01234567-89ab-cdef-0123-456789abcde"), "too short");
	expect(id_is_refused("01234567-89ab-cdef-0123-456789abcdef0"), "too long");
	expect(id_is_refused("0123456789ab-cdef-0123-456789abcdef00"), "no dash");
	expect(id_is_refused("01234567-89ab-cdef-0123-456789abcdeg"), "no digit");
	expect(id_is_refused(" 1234567-89ab-cdef-0123-456789abcdef"), "a blank");
}

/* Error texts: no line feed, no capital at the start, no full stop. */
static void test_sentences(void)
{
	for (int operation = 0; operation <= BLKSNAP_EXTENTS + 1; operation++) {
		for (int error = 0; error < 200; error++) {
			const char *text = blksnap_strerror(operation, -error);
			size_t length = text ? strlen(text) : 0;
			bool good = length > 10 && !strchr(text, '\n') && text[length - 1] != '.';

			if (good)
				continue;
			expect(false, "a sentence for each error of each operation");
			return;
		}
	}
	expect(strcmp(blksnap_strerror(BLKSNAP_ATTACH, -EBUSY),
		      blksnap_strerror(BLKSNAP_DETACH, -EBUSY)), "they depend on the operation");
	expect(!strcmp(blksnap_strerror(BLKSNAP_ATTACH, EBUSY),
		       blksnap_strerror(BLKSNAP_ATTACH, -EBUSY)), "the sign does not matter");
}

int main(void)
{
	test_small(UINT32_MAX);
	test_small(1);
	test_pieces();
	test_all_and_none();
	test_bad_maps();
	test_ids();
	test_sentences();
	return expect_end();
}
