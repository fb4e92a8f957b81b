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

int chunk_table_init(struct chunk_table *table, sector_t capacity)
{
	unsigned int shift = param_value(&chunk_minimum_shift);
	u64 chunks;

	while (shift < param_value(&chunk_maximum_shift) &&
	       DIV_ROUND_UP_ULL(capacity, 1ULL << (shift - SECTOR_SHIFT)) >
	       param_value(&chunk_maximum_count))
		shift++;
	table->shift = shift - DIFF_BLOCK_SHIFT;
	table->mask = (1ULL << table->shift) - 1;
	chunks = DIV_ROUND_UP_ULL(capacity, 1ULL << (shift - SECTOR_SHIFT));
	table->nr_groups = DIV_ROUND_UP_ULL(chunks, CHUNK_GROUP);
	/* Small chunks of a large device may be more than there can be memory for. */
	table->groups = kvcalloc(table->nr_groups, sizeof(*table->groups),
				 GFP_KERNEL | __GFP_NOWARN);
	return table->groups ? 0 : -ENOMEM;
}

void chunk_table_exit(struct chunk_table *table)
{
	unsigned long i, j;
	void **group;

	for (i = 0; table->groups && i < table->nr_groups; i++) {
		group = table->groups[i];
		for (j = 0; group && j < CHUNK_GROUP; j++)
			kvfree(group[j]);
		kvfree(group);
		cond_resched();
	}
	kvfree(table->groups);
}

/* What a pointer leads to; made, of zeros, by whoever comes first. Return: NULL for want of memory. */
static void *find_or_make(void **where, size_t size)
{
	/*
	 * The write that waits for it may be one that frees memory, as for swap space: it may have
	 * some of what is left for such. Without the last one the allocator would rather try for ever
	 * than fail.
	 */
	const gfp_t gfp = GFP_NOIO | __GFP_HIGH | __GFP_NOWARN | __GFP_NORETRY;
	void *there = READ_ONCE(*where);
	void *new;

	if (there)
		return there;
	new = kvzalloc(size, gfp);
	if (!new)
		return NULL;
	there = cmpxchg(where, NULL, new);
	if (!there)
		return new;
	kvfree(new);
	return there;
}

u32 *chunk_prepare(struct chunk_table *table, u64 block, u64 *count)
{
	u64 index = block >> table->shift;
	void **group;
	u32 *record;

	group = find_or_make(&table->groups[index / CHUNK_GROUP], CHUNK_GROUP * sizeof(*group));
	if (!group)
		return NULL;
	record = find_or_make(&group[index % CHUNK_GROUP], sizeof(*record) << table->shift);
	if (!record)
		return NULL;
	*count = min(*count, chunk_end(table, block) - block);
	return &record[chunk_index(table, block)];
}

u32 chunk_get(struct chunk_table *table, u64 block)
{
	u32 *record = chunk_find(table, block);

	return record ? READ_ONCE(record[chunk_index(table, block)]) : BLOCK_ORIGIN;
}

bool chunk_set_zero(struct chunk_table *table, u64 block)
{
	u32 *record = chunk_find(table, block);

	if (record)
		xchg(&record[chunk_index(table, block)], BLOCK_ZERO);
	return record;
}

u64 chunk_uncopied(struct chunk_table *table, u64 block, u64 count)
{
	u64 end = block + count, start = block;

	while (block < end) {
		u64 stop = min(end, chunk_end(table, block));
		u32 *record = chunk_find(table, block);

		for (; record && block < stop; block++)
			if (!block_is_uncopied(READ_ONCE(record[chunk_index(table, block)])))
				return block - start;
		block = stop;
	}
	return count;
}
