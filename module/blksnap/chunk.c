// SPDX-License-Identifier: GPL-2.0
#include <linux/blkdev.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "chunk.h"
#include "diff_storage.h"
#include "params.h"

/* At most 2^15 segments, or 4 million buckets. */
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
	rcu_barrier(); /* records that were replaced */
	kmem_cache_destroy(dense_cache);
	kmem_cache_destroy(sparse_cache);
}

/*
 * Records
 */

/*
 * The write that waits for it may be one that frees memory, as for swap space: it may have some of
 * what is left for such. Without the last one the allocator would rather try for ever than fail.
 */
#define CHUNK_GFP	(GFP_NOIO | __GFP_HIGH | __GFP_NOWARN | __GFP_NORETRY)

static bool is_dense(const struct chunk_record *record)
{
	return READ_ONCE(record->key) & 1;
}

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
	kmem_cache_free(is_dense(record) ? dense_cache : sparse_cache, record);
}

static void free_replaced(struct rcu_head *rcu)
{
	kmem_cache_free(sparse_cache, container_of(rcu, struct chunk_record, rcu));
}

/* The state of a block in a record, or NULL if it has no place there. Called with the lock held. */
static __always_inline u32 *state_in(struct chunk_record *record, u64 block)
{
	unsigned int i;

	if (is_dense(record))
		return &record->states[block % RECORD_BLOCKS];
	for (i = 0; i < RECORD_FEW; i++)
		if (record->places[i] == chunk_place(block))
			return &record->few[i];
	return NULL;
}

/* Makes room for the states of blocks, ORIGIN, or fails if there is not enough. Lock held. */
static bool reserve(struct chunk_record *record, u64 block, u64 end)
{
	unsigned int before = 0, used, there = 0;
	u64 i;

	if (is_dense(record))
		return true;
	while (before < RECORD_FEW && record->places[before])
		before++;
	for (i = block; before && i < end; i++)
		there += !!state_in(record, i);
	if (before + (end - block) - there > RECORD_FEW)
		return false;
	/* The states are zero, which is ORIGIN. */
	for (i = block, used = before; i < end; i++)
		if (!before || !state_in(record, i))
			WRITE_ONCE(record->places[used++], chunk_place(i));
	return true;
}

/* Copies a sparse record to a dense one. Called with the lock held. */
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

	return min_t(u64, blocks, BLOCK_SLOT_MASK);
}

/* The pointer to the record of a block, or to the end of its chain. Called with the lock held. */
static __always_inline struct chunk_record **find(const struct chunk_table *table, u64 block)
{
	u64 key = chunk_key(block);
	struct chunk_record **link = chunk_bucket(table, key);

	while (*link && ((*link)->key | 1) != key)
		link = &(*link)->next;
	return link;
}

/*
 * Records are moved or replaced between these two, with the lock held. Interrupts are off: a reader in
 * an interrupt on this CPU would wait for ever for the end.
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
 * Splits the next segment: the second half of its directory entries lead to the new one, to which
 * the records that belong there are moved. Called with the lock held. Without the lock one does not
 * find records that are still to be moved; from one that is moved the walk goes on in its new chain.
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

/* Splits a segment if that is due. Without memory for it the chains grow longer. */
static void grow(struct chunk_table *table)
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

/* Adds a record to the table, in place of *@link if that is not NULL. Called with the lock held. */
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

/* Frees a sparse record that was replaced, after a grace period. */
static void free_old(struct chunk_record *record)
{
	WRITE_ONCE(record->key, RECORD_REPLACED);
	smp_wmb(); /* pairs with chunk_all_copied(): the RCU head overlays the states */
	call_rcu(&record->rcu, free_replaced);
}

/* Changes a state if it is a given one. Called with the lock held. */
static __always_inline void change(u32 *state, u32 from, u32 to)
{
	if (*state == from)
		smp_store_release(state, to); /* the slot's data is there */
}

int chunk_take(struct chunk_table *table, u64 block, unsigned int count, u32 from, u32 to,
	       const u32 *to_numbers)
{
	struct chunk_record *new = NULL, *old, **link;
	unsigned int i;
	bool there, put;

	/* An empty bucket has no record: allocate one without looking under the lock first. */
	if (!READ_ONCE(*chunk_bucket(table, chunk_key(block))))
		new = new_record(block, count > RECORD_FEW);
	for (;;) {
		raw_spin_lock(&table->lock);
		link = find(table, block);
		old = *link;
		there = old && reserve(old, block, block + count);
		put = !there && new && (!old || is_dense(new));
		if (put) {
			reserve(new, block, block + count);
			put_record(table, link, new);
		}
		for (i = 0; (there || put) && to_numbers && i < count; i++)
			change(state_in(*link, block + i), from, to | to_numbers[i]);
		raw_spin_unlock(&table->lock);
		if (put)
			break;
		/* Another task was faster. */
		if (new)
			free_record(new);
		if (there)
			return 0;
		new = new_record(block, old || count > RECORD_FEW);
		if (!new)
			return -ENOMEM;
	}
	if (old)
		free_old(old);
	else
		grow(table);
	return 0;
}

int chunk_prepare(struct chunk_table *table, u64 block, u64 *count)
{
	*count = min_t(u64, *count, chunk_left(block));
	return chunk_take(table, block, *count, 0, 0, NULL);
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
	record = *find(table, block);
	for (i = 0; i < count; i++)
		change(state_in(record, block + i), from | from_numbers[i], to | to_numbers[i]);
	raw_spin_unlock(&table->lock);
}

bool chunk_set_zero(struct chunk_table *table, u64 block, u64 *count)
{
	struct chunk_record *record;
	u32 *state = NULL;
	u64 end;

	*count = min_t(u64, *count, chunk_left(block));
	raw_spin_lock(&table->lock);
	record = *find(table, block);
	for (end = block + *count; record && block < end; block++) {
		state = state_in(record, block);
		if (!state)
			break;
		WRITE_ONCE(*state, BLOCK_ZERO);
	}
	raw_spin_unlock(&table->lock);
	return state;
}

/* Whether a state is the same as @first, that of the block @distance before; see chunk_run(). */
static bool continues(u32 first, u32 state, u64 distance)
{
	if (state == first)
		return !block_is_stored(first);
	if (block_is_stored(first))
		return state == first + distance;
	if (block_is_in_memory(first))
		return block_is_in_memory(state);
	/* Both are READING. */
	return first && state && block_is_uncopied(first) && block_is_uncopied(state);
}

static __always_inline u32 sparse_state(const struct chunk_record *record, u64 block)
{
	unsigned int i;

	for (i = 0; i < RECORD_FEW; i++)
		if (READ_ONCE(record->places[i]) == chunk_place(block))
			return READ_ONCE(record->few[i]);
	return BLOCK_ORIGIN;
}

static __always_inline u32 state_of(const struct chunk_record *record, u64 block)
{
	return is_dense(record) ? READ_ONCE(record->states[block % RECORD_BLOCKS]) :
				  sparse_state(record, block);
}

/* chunk_run() of blocks that have a record in common. */
static u64 run_in(const struct chunk_record *record, u64 block, u64 count, u32 *state)
{
	const u32 *now = &record->states[block % RECORD_BLOCKS];
	u64 run;

	if (!is_dense(record)) {
		*state = sparse_state(record, block);
		for (run = 1; run < count; run++)
			if (!continues(*state, sparse_state(record, block + run), run))
				break;
		return run;
	}
	*state = READ_ONCE(*now);
	for (run = 1; run < count; run++)
		if (!continues(*state, READ_ONCE(now[run]), run))
			break;
	return run;
}

/* The record of a block; one that is being moved or replaced may be missed. Called under RCU. */
static __always_inline const struct chunk_record *look_up(const struct chunk_table *table,
							  u64 block)
{
	u64 key = chunk_key(block);
	const struct chunk_record *record = READ_ONCE(*chunk_bucket(table, key));

	for (; record; record = READ_ONCE(record->next))
		if (likely((READ_ONCE(record->key) | 1) == key))
			break;
	return record;
}

/* chunk_run() of blocks that would have a record in common. Called under RCU. */
static __always_inline u64 run_at(const struct chunk_table *table, u64 block, u64 count, u32 *state)
{
	const struct chunk_record *record = look_up(table, block);

	if (record)
		return run_in(record, block, count, state);
	*state = BLOCK_ORIGIN;
	return count;
}

/* chunk_run() once. Called under RCU. */
static u64 run_once(const struct chunk_table *table, u64 block, u64 count, u32 *state)
{
	u64 left = chunk_left(block), run, same;
	u32 first, next;

	run = run_at(table, block, min(count, left), state);
	first = *state;
	for (; run == left && run < count; run += same) {
		left += RECORD_BLOCKS;
		same = run_at(table, block + run, min_t(u64, count - run, RECORD_BLOCKS), &next);
		if (!continues(first, next, run))
			break;
	}
	return run;
}

/* chunk_run() of any blocks. */
static noinline u64 run_of_many(const struct chunk_table *table, u64 block, u64 count, u32 *state)
{
	unsigned int moved;
	u64 run;

	rcu_read_lock_sched();
	do {
		moved = read_seqcount_begin(&table->moved);
		run = run_once(table, block, count, state);
	} while (read_seqcount_retry(&table->moved, moved));
	rcu_read_unlock_sched();
	return run;
}

/* This one asks about one block, or about some without a record, which is what is mostly asked. */
u64 chunk_run(const struct chunk_table *table, u64 block, u64 count, u32 *state)
{
	const struct chunk_record *record;
	unsigned int moved;

	if (count > RECORD_BLOCKS)
		return run_of_many(table, block, count, state);
	/* Cheaper than rcu_read_lock(), which is a function where the kernel preempts. */
	rcu_read_lock_sched();
	do {
		moved = read_seqcount_begin(&table->moved);
		record = look_up(table, block);
		*state = likely(record) ? state_of(record, block) : BLOCK_ORIGIN;
	} while (read_seqcount_retry(&table->moved, moved));
	rcu_read_unlock_sched();
	if (count == 1 || (!record && count <= chunk_left(block)))
		return count;
	return run_of_many(table, block, count, state);
}

/* chunk_range_uncopied() once. Called under RCU. */
static noinline bool uncopied_once(const struct chunk_table *table, u64 block, u64 end)
{
	const struct chunk_record *record;
	u32 state;
	u64 run;

	for (; block < end; block += run) {
		run = min_t(u64, end - block, chunk_left(block));
		record = look_up(table, block);
		if (!record)
			continue;
		run = run_in(record, block, run, &state);
		if (!block_is_uncopied(state))
			return false;
	}
	return true;
}

bool chunk_range_uncopied(const struct chunk_table *table, u64 block, u64 count)
{
	unsigned int moved;
	bool uncopied;

	rcu_read_lock_sched();
	do {
		moved = read_seqcount_begin(&table->moved);
		uncopied = (count <= chunk_left(block) && !look_up(table, block)) ||
			   uncopied_once(table, block, block + count);
	} while (read_seqcount_retry(&table->moved, moved));
	rcu_read_unlock_sched();
	return uncopied;
}

bool chunk_range_copied(const struct chunk_table *table, u64 block, u64 last)
{
	u64 stop;

	for (; block <= last; block = stop + 1) {
		stop = min(last, block + chunk_left(block) - 1);
		if (!chunk_all_copied(table, block, stop))
			return false;
	}
	return true;
}
