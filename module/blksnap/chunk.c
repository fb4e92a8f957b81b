// SPDX-License-Identifier: GPL-2.0
#include <linux/blkdev.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "chunk.h"
#include "diff_storage.h"
#include "params.h"

/* 2^15 segments, or 4 million buckets, at most. */
#define MAX_SEGMENTS_ORDER	15

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

static struct kmem_cache *sparse_cache, *dense_cache;

int chunk_init(void)
{
	int ret = param_check_order("chunk_minimum_shift", &chunk_minimum_shift);

	if (ret)
		return ret;
	sparse_cache = kmem_cache_create("blksnap_sparse",
					 offsetofend(struct chunk_record, places), 0, 0, NULL);
	dense_cache = kmem_cache_create("blksnap_dense", sizeof(struct chunk_record), 0, 0, NULL);
	if (sparse_cache && dense_cache)
		return 0;
	chunk_exit();
	return -ENOMEM;
}

void chunk_exit(void)
{
	rcu_barrier(); /* for free_replaced() */
	kmem_cache_destroy(dense_cache);
	kmem_cache_destroy(sparse_cache);
}

/*
 * Records
 */

/*
 * The write that waits for the record may be one that frees memory, such as a write to swap space. So it
 * may use reserves of the allocator. Without __GFP_NORETRY the allocator would retry for ever rather than
 * fail.
 */
#define CHUNK_GFP	(GFP_NOIO | __GFP_HIGH | __GFP_NOWARN | __GFP_NORETRY)

static struct chunk_record *new_record(u64 block, bool dense)
{
	struct chunk_record *record = kmem_cache_zalloc(dense ? dense_cache : sparse_cache,
							CHUNK_GFP);

	if (record)
		record->key = chunk_key(block) - !dense;
	return record;
}

static void free_record(struct chunk_record *record)
{
	kmem_cache_free(chunk_is_dense(record) ? dense_cache : sparse_cache, record);
}

static void free_replaced_callback(struct rcu_head *rcu)
{
	kmem_cache_free(sparse_cache, container_of(rcu, struct chunk_record, rcu));
}

/* Find the state of a block in a record; NULL if it has no place there. Context: table->lock. */
static __always_inline u32 *state_in(struct chunk_record *record, u64 block)
{
	unsigned int i;

	if (chunk_is_dense(record))
		return &record->states[block % RECORD_BLOCKS];
	for (i = 0; i < RECORD_FEW; i++)
		if (record->places[i] == chunk_place(block))
			return &record->few[i];
	return NULL;
}

/* Make room for the states of blocks. Return: false if there is not enough. Context: table->lock. */
static bool reserve_states(struct chunk_record *record, u64 block, u64 end)
{
	unsigned int before = 0, used, there = 0;
	u64 i;

	if (chunk_is_dense(record))
		return true;
	while (before < RECORD_FEW && record->places[before])
		before++;
	for (i = block; before && i < end; i++)
		there += !!state_in(record, i);
	if (before + (end - block) - there > RECORD_FEW)
		return false;
	/* The states are 0, which is ORIGIN. */
	for (i = block, used = before; i < end; i++)
		if (!before || !state_in(record, i))
			WRITE_ONCE(record->places[used++], chunk_place(i));
	return true;
}

/* Copy the states of a sparse record to a dense one. Context: table->lock. */
static void copy_states(struct chunk_record *new, const struct chunk_record *old)
{
	unsigned int i;

	for (i = 0; i < RECORD_FEW; i++)
		if (old->places[i])
			new->states[old->places[i] % RECORD_BLOCKS] = old->few[i];
}

/*
 * The table
 */

static struct chunk_record **new_segment(gfp_t gfp)
{
	return kcalloc(SEGMENT_BUCKETS, sizeof(struct chunk_record *), gfp);
}

int chunk_table_init(struct chunk_table *table, sector_t capacity)
{
	unsigned int shift = param_value(&chunk_minimum_shift);
	u64 records = DIV_ROUND_UP_ULL(capacity, RECORD_BLOCKS * DIFF_BLOCK_SECTORS);
	u32 order = 0;

	while (shift < param_value(&chunk_maximum_shift) &&
	       DIV_ROUND_UP_ULL(capacity, 1ULL << (shift - SECTOR_SHIFT)) >
	       param_value(&chunk_maximum_count))
		shift++;
	table->chunk_shift = shift - DIFF_BLOCK_SHIFT;
	raw_spin_lock_init(&table->lock);
	seqcount_init(&table->moved);
	while (order < MAX_SEGMENTS_ORDER && (u64)SEGMENT_BUCKETS << order < records)
		order++;
	table->nr_segments = 1U << order;
	table->hash_shift = 64 - order - ilog2(SEGMENT_BUCKETS);
	table->segments = kvcalloc(table->nr_segments, sizeof(*table->segments), GFP_KERNEL);
	if (!table->segments)
		return -ENOMEM;
	table->segments[0] = new_segment(GFP_KERNEL);
	if (!table->segments[0])
		return -ENOMEM;
	memset_p((void **)table->segments, table->segments[0], table->nr_segments);
	table->nr_buckets = SEGMENT_BUCKETS;
	table->run = table->nr_segments;
	return 0;
}

static void free_segment(struct chunk_record **segment)
{
	struct chunk_record *record, *next;
	u32 i;

	for (i = 0; i < SEGMENT_BUCKETS; i++) {
		for (record = segment[i]; record; record = next) {
			next = record->next;
			free_record(record);
		}
	}
	kfree(segment);
}

void chunk_table_exit(struct chunk_table *table)
{
	struct chunk_record **segment = NULL;
	u32 i;

	for (i = 0; table->segments && i < table->nr_segments; i++) {
		if (table->segments[i] == segment)
			continue;
		segment = table->segments[i];
		free_segment(segment);
		cond_resched();
	}
	kvfree(table->segments);
}

unsigned int chunk_queue_limit(const struct chunk_table *table)
{
	u64 blocks = (u64)param_value(&chunk_maximum_in_queue) << table->chunk_shift;

	return min_t(u64, blocks, BLOCK_BUFFER_MASK);
}

/* Find the pointer to the record of a block, or to the end of its chain. Context: table->lock. */
static __always_inline struct chunk_record **find_link(const struct chunk_table *table, u64 block)
{
	u64 key = chunk_key(block);
	struct chunk_record **link = chunk_bucket(table, key);

	while (*link && ((*link)->key | 1) != key)
		link = &(*link)->next;
	return link;
}

/*
 * Records are moved or replaced between begin_move() and end_move(). Context: table->lock. Interrupts are
 * disabled: a reader in an interrupt on this CPU would spin for ever.
 */
static unsigned long begin_move(struct chunk_table *table)
{
	unsigned long flags;

	local_irq_save(flags);
	write_seqcount_begin(&table->moved);
	return flags;
}

static void end_move(struct chunk_table *table, unsigned long flags)
{
	write_seqcount_end(&table->moved);
	local_irq_restore(flags);
}

/*
 * split_segment - split the next segment
 *
 * The second half of its directory entries then lead to the new segment, to which the records that belong
 * there are moved. A reader does not find a record that is still to be moved. If it is at a record that is
 * being moved, it continues in the new chain.
 *
 * Context: table->lock.
 */
static void split_segment(struct chunk_table *table, struct chunk_record **new)
{
	struct chunk_record **old = table->segments[table->next], **link, *record;
	u32 half = table->run / 2, i;
	unsigned long flags;

	flags = begin_move(table);
	for (i = table->next + half; i < table->next + table->run; i++)
		smp_store_release(&table->segments[i], new); /* of NULLs */
	for (i = 0; i < SEGMENT_BUCKETS; i++) {
		link = &old[i];
		while ((record = *link)) {
			if (chunk_bucket(table, record->key) == &old[i]) {
				link = &record->next;
				continue;
			}
			WRITE_ONCE(*link, record->next);
			WRITE_ONCE(record->next, new[i]);
			smp_store_release(&new[i], record); /* its next pointer is set */
		}
	}
	end_move(table, flags);
	WRITE_ONCE(table->nr_buckets, table->nr_buckets + SEGMENT_BUCKETS);
	table->next += table->run;
	if (table->next == table->nr_segments) {
		table->next = 0;
		WRITE_ONCE(table->run, half);
	}
}

static bool too_few_buckets(const struct chunk_table *table)
{
	return READ_ONCE(table->nr_records) > READ_ONCE(table->nr_buckets) &&
	       READ_ONCE(table->run) > 1;
}

/* Split a segment if there are too few buckets. Without memory for it, chains become longer. */
static void grow_table(struct chunk_table *table)
{
	struct chunk_record **segment;

	if (!too_few_buckets(table))
		return;
	segment = new_segment(CHUNK_GFP);
	if (!segment)
		return;
	raw_spin_lock(&table->lock);
	if (too_few_buckets(table)) {
		split_segment(table, segment);
		segment = NULL;
	}
	raw_spin_unlock(&table->lock);
	kfree(segment);
}

/* Add a record to the table, or replace *@link by it. Context: table->lock. */
static void put_record(struct chunk_table *table, struct chunk_record **link,
		       struct chunk_record *new)
{
	struct chunk_record *old = *link;
	unsigned long flags;

	if (!old) {
		WRITE_ONCE(table->nr_records, table->nr_records + 1);
		smp_store_release(link, new); /* its key and states are set */
		return;
	}
	copy_states(new, old);
	new->next = old->next;
	flags = begin_move(table);
	smp_store_release(link, new); /* as above */
	end_move(table, flags);
}

/* Free a sparse record that was replaced, after a grace period. */
static void free_replaced(struct chunk_record *record)
{
	WRITE_ONCE(record->key, RECORD_REPLACED);
	smp_wmb(); /* pairs with chunk_all_copied(): the RCU head overlays the states */
	call_rcu(&record->rcu, free_replaced_callback);
}

/* Change a state if it is @from. Context: table->lock. */
static __always_inline void change_state(u32 *state, u32 from, u32 to)
{
	if (*state == from)
		smp_store_release(state, to); /* after the data of the buffer */
}

int chunk_prepare_change(struct chunk_table *table, u64 block, unsigned int count, u32 from, u32 to,
			 const u32 *to_numbers)
{
	struct chunk_record *new = NULL, *old, **link;
	unsigned int i;
	bool there, put;

	/* If the bucket is empty there is no record; allocate one before taking the lock. */
	if (!READ_ONCE(*chunk_bucket(table, chunk_key(block))))
		new = new_record(block, count > RECORD_FEW);
	for (;;) {
		raw_spin_lock(&table->lock);
		link = find_link(table, block);
		old = *link;
		there = old && reserve_states(old, block, block + count);
		put = !there && new && (!old || chunk_is_dense(new));
		if (put) {
			reserve_states(new, block, block + count);
			put_record(table, link, new);
		}
		for (i = 0; (there || put) && to_numbers && i < count; i++)
			change_state(state_in(*link, block + i), from, to | to_numbers[i]);
		raw_spin_unlock(&table->lock);
		if (put)
			break;
		/* Another task has added a record. */
		if (new)
			free_record(new);
		if (there)
			return 0;
		new = new_record(block, old || count > RECORD_FEW);
		if (!new)
			return -ENOMEM;
	}
	if (old)
		free_replaced(old);
	else
		grow_table(table);
	return 0;
}

int chunk_prepare(struct chunk_table *table, u64 block, u64 *count)
{
	*count = min_t(u64, *count, chunk_left(block));
	return chunk_prepare_change(table, block, *count, 0, 0, NULL);
}

/*
 * States
 */

void chunk_change(struct chunk_table *table, u64 block, unsigned int count, u32 from,
		  const u32 *from_numbers, u32 to, const u32 *to_numbers)
{
	struct chunk_record *record;
	unsigned int i;

	raw_spin_lock(&table->lock);
	record = *find_link(table, block);
	for (i = 0; i < count; i++)
		change_state(state_in(record, block + i), from | from_numbers[i], to | to_numbers[i]);
	raw_spin_unlock(&table->lock);
}

bool chunk_set_zero(struct chunk_table *table, u64 block, u64 *count)
{
	struct chunk_record *record;
	u32 *state = NULL;
	u64 end;

	*count = min_t(u64, *count, chunk_left(block));
	raw_spin_lock(&table->lock);
	record = *find_link(table, block);
	for (end = block + *count; record && block < end; block++) {
		state = state_in(record, block);
		if (!state)
			break;
		WRITE_ONCE(*state, BLOCK_ZERO);
	}
	raw_spin_unlock(&table->lock);
	return state;
}
