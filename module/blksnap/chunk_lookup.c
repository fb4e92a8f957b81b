// SPDX-License-Identifier: GPL-2.0
/*
 * Looking up states of blocks, without the lock of the table; see the head of chunk.h.
 */
#include "chunk.h"

/* Whether a state continues the run that begins with @first, @distance blocks before. */
static bool is_same_run(u32 first, u32 state, u64 distance)
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
	return chunk_is_dense(record) ? READ_ONCE(record->states[block % RECORD_BLOCKS]) :
					sparse_state(record, block);
}

/* chunk_run() in one record. */
static u64 run_in(const struct chunk_record *record, u64 block, u64 count, u32 *state)
{
	const u32 *now = &record->states[block % RECORD_BLOCKS];
	u64 run;

	if (!chunk_is_dense(record)) {
		*state = sparse_state(record, block);
		for (run = 1; run < count; run++)
			if (!is_same_run(*state, sparse_state(record, block + run), run))
				break;
		return run;
	}
	*state = READ_ONCE(*now);
	for (run = 1; run < count; run++)
		if (!is_same_run(*state, READ_ONCE(now[run]), run))
			break;
	return run;
}

/* Look up the record of a block. One that is being moved or replaced may be missed. Context: RCU. */
static __always_inline const struct chunk_record *
look_up_record(const struct chunk_table *table, u64 block)
{
	u64 key = chunk_key(block);
	const struct chunk_record *record = READ_ONCE(*chunk_bucket(table, key));

	for (; record; record = READ_ONCE(record->next))
		if (likely((READ_ONCE(record->key) | 1) == key))
			break;
	return record;
}

/* chunk_run() of blocks of one record, if there is one. Context: RCU. */
static __always_inline u64 run_at(const struct chunk_table *table, u64 block, u64 count, u32 *state)
{
	const struct chunk_record *record = look_up_record(table, block);

	if (record)
		return run_in(record, block, count, state);
	*state = BLOCK_ORIGIN;
	return count;
}

/* chunk_run() of any blocks, in a read section of table->moved. Context: RCU. */
static u64 run_once(const struct chunk_table *table, u64 block, u64 count, u32 *state)
{
	u64 left = chunk_left(block), run, same;
	u32 first, next;

	run = run_at(table, block, min(count, left), state);
	first = *state;
	for (; run == left && run < count; run += same) {
		left += RECORD_BLOCKS;
		same = run_at(table, block + run, min_t(u64, count - run, RECORD_BLOCKS), &next);
		if (!is_same_run(first, next, run))
			break;
	}
	return run;
}

/* chunk_run() of any blocks. Context: any. */
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

/* The two most frequent cases are handled here: one block, and blocks without a record. */
u64 chunk_run(const struct chunk_table *table, u64 block, u64 count, u32 *state)
{
	const struct chunk_record *record;
	unsigned int moved;

	if (count > RECORD_BLOCKS)
		return run_of_many(table, block, count, state);
	/* Cheaper than rcu_read_lock(), which is a function call in preemptible kernels. */
	rcu_read_lock_sched();
	do {
		moved = read_seqcount_begin(&table->moved);
		record = look_up_record(table, block);
		*state = likely(record) ? state_of(record, block) : BLOCK_ORIGIN;
	} while (read_seqcount_retry(&table->moved, moved));
	rcu_read_unlock_sched();
	if (count == 1 || (!record && count <= chunk_left(block)))
		return count;
	return run_of_many(table, block, count, state);
}

/* chunk_range_uncopied(), in a read section of table->moved. Context: RCU. */
static noinline bool uncopied_once(const struct chunk_table *table, u64 block, u64 end)
{
	const struct chunk_record *record;
	u32 state;
	u64 run;

	for (; block < end; block += run) {
		run = min_t(u64, end - block, chunk_left(block));
		record = look_up_record(table, block);
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
		uncopied = (count <= chunk_left(block) && !look_up_record(table, block)) ||
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
