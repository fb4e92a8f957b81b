// SPDX-License-Identifier: GPL-2.0
#include <linux/blkdev.h>
#include <linux/slab.h>
#include "chunk.h"
#include "diff_storage.h"
#include "params.h"

static struct param chunk_maximum_shift;

static struct param chunk_minimum_shift = {
	.value = 18, .min = DIFF_BLOCK_SHIFT, .max = 28,
	.no_more_than = &chunk_maximum_shift,
};

PARAM(chunk_minimum_shift, "smallest size of a chunk, as a power of two");

static struct param chunk_maximum_shift = {
	.value = 26, .min = DIFF_BLOCK_SHIFT, .max = 28,
	.no_less_than = &chunk_minimum_shift,
};

PARAM(chunk_maximum_shift, "largest size of a chunk, as a power of two");

static struct param chunk_maximum_count = {
	.value = 2097152, .min = 1, .max = 1U << 30,
};

PARAM(chunk_maximum_count, "largest number of chunks of a device, if that is not too few");

static struct param chunk_maximum_in_queue = {
	.value = 16, .min = 1, .max = 65536,
};

PARAM(chunk_maximum_in_queue, "chunks of a device that may wait in memory for being stored");

/**
 * struct chunk - states of the blocks of a chunk
 * @blocks: one each
 */
struct chunk {
	DECLARE_FLEX_ARRAY(u32, blocks);
};

int chunk_check_params(void)
{
	return param_check_order("chunk_minimum_shift", &chunk_minimum_shift);
}

/* chunk_queue_limit - how many blocks may wait in memory for being stored */
unsigned int chunk_queue_limit(const struct chunk_table *table)
{
	u64 blocks = (u64)param_value(&chunk_maximum_in_queue) << table->shift;

	return min_t(u64, blocks, BLOCK_SLOT_MASK);
}

void chunk_table_init(struct chunk_table *table, sector_t capacity)
{
	unsigned int shift = param_value(&chunk_minimum_shift);

	while (shift < param_value(&chunk_maximum_shift) &&
	       DIV_ROUND_UP_ULL(capacity, 1ULL << (shift - SECTOR_SHIFT)) >
	       param_value(&chunk_maximum_count))
		shift++;
	table->shift = shift - DIFF_BLOCK_SHIFT;
	xa_init(&table->chunks);
}

void chunk_table_exit(struct chunk_table *table)
{
	struct chunk *chunk;
	unsigned long index;

	xa_for_each(&table->chunks, index, chunk)
		kvfree(chunk);
	xa_destroy(&table->chunks);
}

static struct chunk *find(struct chunk_table *table, u64 block)
{
	return xa_load(&table->chunks, block >> table->shift);
}

static u32 *slot_of(struct chunk_table *table, struct chunk *chunk, u64 block)
{
	return &chunk->blocks[block & ((1U << table->shift) - 1)];
}

/* Blocks from this one to the end of its chunk. */
static u64 rest_of_chunk(const struct chunk_table *table, u64 block)
{
	return (1ULL << table->shift) - (block & ((1ULL << table->shift) - 1));
}

u32 *chunk_prepare(struct chunk_table *table, u64 block, u64 *count)
{
	/* Without the last one the allocator would rather try for ever than fail. */
	const gfp_t gfp = GFP_NOIO | __GFP_NOWARN | __GFP_NORETRY;
	struct chunk *chunk = find(table, block);
	void *there;

	if (!chunk) {
		chunk = kvzalloc((size_t)sizeof(u32) << table->shift, gfp);
		if (!chunk)
			return NULL;
		there = xa_cmpxchg(&table->chunks, block >> table->shift, NULL, chunk, gfp);
		if (there) {
			kvfree(chunk);
			chunk = there;
		}
		if (xa_is_err(there))
			return NULL;
	}
	*count = min(*count, rest_of_chunk(table, block));
	return slot_of(table, chunk, block);
}

u32 chunk_get(struct chunk_table *table, u64 block)
{
	struct chunk *chunk = find(table, block);

	return chunk ? READ_ONCE(*slot_of(table, chunk, block)) : BLOCK_ORIGIN;
}

void chunk_set_zero(struct chunk_table *table, u64 block)
{
	struct chunk *chunk = find(table, block);

	xchg(slot_of(table, chunk, block), BLOCK_ZERO);
}

u64 chunk_uncopied(struct chunk_table *table, u64 block, u64 count)
{
	u64 end = block + count, start = block;

	while (block < end) {
		struct chunk *chunk = find(table, block);
		u64 stop = min(end, block + rest_of_chunk(table, block));

		for (; chunk && block < stop; block++)
			if (!block_is_uncopied(READ_ONCE(*slot_of(table, chunk, block))))
				return block - start;
		block = stop;
	}
	return count;
}

bool chunk_any_uncopied(struct chunk_table *table, u64 block, u64 count)
{
	u64 end = block + count;

	while (block < end) {
		struct chunk *chunk = find(table, block);
		u64 stop = min(end, block + rest_of_chunk(table, block));

		if (!chunk)
			return true;
		for (; block < stop; block++)
			if (block_is_uncopied(READ_ONCE(*slot_of(table, chunk, block))))
				return true;
	}
	return false;
}
