/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of each block of a snapshotted device.
 *
 *	ORIGIN   not written to since the take: the origin has the data
 *	READING  a write waits, the old data is being read into memory
 *	MEMORY   the old data is in memory; the origin may be overwritten
 *	STORED   the old data is in the difference storage
 *	ZERO     belongs to the difference storage itself
 *
 *	ORIGIN -> READING -> MEMORY -> STORED		a write to the origin or the image
 *	ZERO -> MEMORY -> STORED			a write to the image
 *	any -> ZERO					the block becomes storage
 *
 * Only the device's copy worker leads blocks from ORIGIN or ZERO to MEMORY, only its store
 * worker leads them from there to STORED, and becoming storage may get between: so each step
 * names the state that it leads from. ORIGIN is never come back to, and writes are let through
 * only after their blocks have left ORIGIN and READING. Hence whoever has read a block from the
 * origin and then still finds it in one of these two has read the old data.
 *
 * Records
 *
 * The states of 64 adjacent blocks (256 KiB) are kept in one record; without a record all of them
 * are ORIGIN. A record is allocated when one of its blocks is written to for the first time or is
 * about to become storage. Records are found by a hash table, so that memory grows with what was
 * changed and not with the device. There are two kinds:
 *
 *	sparse	up to 4 states, each with the number of its block; 40 bytes
 *	dense	the states of all 64 blocks; 272 bytes
 *
 * A sparse record that would need a fifth state is replaced by a dense one. With a bucket of 8
 * bytes for each record, a copied block takes 48 bytes where it is the only one of its record,
 * 56 where it is one of five, which is the most, and 4.4 where all 64 are copied.
 *
 * The buckets are in segments of 1 KiB. A directory, indexed by the first bits of the hash, leads
 * to the segments; adjacent entries share a segment until it is split. One segment is split
 * whenever there are more records than buckets: half of its entries then lead to a new segment,
 * and the records that belong there are moved. If there is no memory for that, chains just grow
 * longer. Nothing is removed before the whole table is freed, and only the directory, which is
 * allocated at the take, is larger than a page.
 *
 * Concurrency
 *
 * table->lock is held for every change: of a state, a record, a chain or the directory. It is a
 * spinlock, the innermost one, taken by tasks only and with no other spinlock held, so that interrupts
 * stay on. It is held for the blocks of one record, or while one segment is split. Allocations are
 * made before it is taken; of two tasks that allocate the same record the second one notices and
 * frees its own.
 *
 * Readers do not take the lock. They are in an RCU read-side critical section (of any kind), and can
 * miss a record that is just being moved to another segment, or come to one that has just been
 * replaced. Such changes are counted by a sequence counter, table->moved, and chunk_run() and
 * chunk_range_uncopied() look again if it has changed. Readers come from interrupts as well, and wait
 * while a change is being made: so it is made with interrupts off. What is returned was true of each
 * block at some moment of the call. For a reader of the image that asks after its read whether the
 * origin still had the data this is enough, because a write can be submitted only after its blocks
 * were changed to MEMORY.
 *
 * A write to the device looks with chunk_all_copied(), which does without the counter. A copied
 * block stays copied: so if all blocks are found to be copied, they are, however old that is which
 * was seen. In any other case the write is parked, and the copy worker decides by chunk_run().
 *
 * A dense record is never replaced. A sparse one is freed after an RCU grace period. Until then
 * the RCU head overlays its states, and could be mistaken for states; so its key is changed before,
 * and chunk_all_copied() checks the key after it has read states. The next pointer of such a record
 * stays as it was. It leads to a record that was in the table when this one was replaced, and so is
 * not freed earlier.
 */
#ifndef BLKSNAP_CHUNK_H
#define BLKSNAP_CHUNK_H

#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/seqlock.h>
#include <linux/spinlock.h>
#include <linux/types.h>

/*
 * A state fits 32 bits: READING and MEMORY come with a slot, STORED with a block number. They
 * rise in the order of the list above: one comparison tells what a write has to know.
 */
#define BLOCK_ORIGIN		0U
#define BLOCK_READING		(1U << 29)
#define BLOCK_MEMORY		(1U << 30)
#define BLOCK_STORED		(1U << 31)
#define BLOCK_ZERO		(~0U)
#define BLOCK_SLOT_MASK		(BLOCK_READING - 1)

static inline bool block_is_uncopied(u32 state)
{
	return state < BLOCK_MEMORY;
}

static inline bool block_is_in_memory(u32 state)
{
	return state >= BLOCK_MEMORY && state < BLOCK_STORED;
}

static inline bool block_is_stored(u32 state)
{
	return state >= BLOCK_STORED && state != BLOCK_ZERO;
}

static inline u32 block_number(u32 state)
{
	return state - BLOCK_STORED;
}

#define RECORD_BLOCKS		64U
/* States of a sparse record. */
#define RECORD_FEW		4U
#define SEGMENT_BUCKETS		128U

/*
 * chunk_key - the key of the dense record that has the state of a block
 *
 * Odd; that of a sparse record is less by one.
 */
static inline u64 chunk_key(u64 block)
{
	return block / RECORD_BLOCKS * 2 | 1;
}

/* The key of a sparse record that was replaced; no device has as many blocks. */
#define RECORD_REPLACED		(~1ULL)

/* chunk_left - how many blocks there are from this one to the end of its record */
static inline unsigned int chunk_left(u64 block)
{
	return RECORD_BLOCKS - block % RECORD_BLOCKS;
}

/* chunk_place - how a sparse record names a block; not 0 */
static inline u8 chunk_place(u64 block)
{
	return block | ~(RECORD_BLOCKS - 1);
}

/**
 * struct chunk_record - the states of 64 adjacent blocks
 * @next: in the chain of a bucket, or NULL
 * @key: see chunk_key()
 * @states: of a dense record
 * @few: of a sparse record: its states; all other blocks are ORIGIN
 * @places: of a sparse record: whose state each of @few is, see chunk_place(), or 0. Set once
 * @rcu: of a sparse record that was replaced, for freeing it
 */
struct chunk_record {
	struct chunk_record *next;
	u64 key;
	union {
		u32 states[RECORD_BLOCKS];
		struct {
			u32 few[RECORD_FEW];
			u8 places[RECORD_FEW];
		};
		struct rcu_head rcu;
	};
};

/**
 * struct chunk_table - the records of a device
 * @segments: the directory
 * @nr_segments: its entries, a power of two
 * @hash_shift: reduces a hash to the bits that select a directory entry and a bucket
 * @run: number of adjacent entries that share a segment, of segments to be split next
 * @next: first entry of the segment that is split next
 * @nr_records: records in the table
 * @nr_buckets: buckets of all segments
 * @chunk_shift: log2 of the number of blocks in a chunk
 * @lock: held for all changes
 * @moved: counts, with @lock held, records that are moved or replaced
 *
 * A bucket is the first record of its chain, or NULL.
 */
struct chunk_table {
	struct chunk_record ***segments;
	u32 hash_shift;
	u32 nr_segments;
	u32 run;
	u32 next;
	u32 nr_records;
	u32 nr_buckets;
	unsigned int chunk_shift;
	raw_spinlock_t lock;
	seqcount_t moved;
};

/* chunk_init - once. Return: 0 or a negative errno. */
int chunk_init(void);

/* chunk_exit - no table is left. Context: may sleep. */
void chunk_exit(void);

/**
 * chunk_table_init - make an empty table
 * @table: the table
 * @capacity: of the device, in sectors
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; chunk_table_exit() is to follow in both cases.
 */
int chunk_table_init(struct chunk_table *table, sector_t capacity);

/*
 * chunk_table_exit - free a table that nobody uses any more, or that is of zeros. Context: may
 * sleep.
 */
void chunk_table_exit(struct chunk_table *table);

/* chunk_queue_limit - how many blocks may wait in memory for being stored */
unsigned int chunk_queue_limit(const struct chunk_table *table);

/**
 * chunk_prepare - allocate a record with room for the states of adjacent blocks, if there is none
 * @table: the table
 * @block: the first block
 * @count: how many, not 0; cut down to those with the same record
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM. After 0 no change of these blocks' states can fail.
 */
int chunk_prepare(struct chunk_table *table, u64 block, u64 *count);

/**
 * chunk_take - chunk_prepare() and chunk_change() in one
 * @table: the table
 * @block: the first block
 * @count: how many, with the same record
 * @from: their state
 * @to: their next state
 * @to_numbers: with these slots; NULL for no change
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int chunk_take(struct chunk_table *table, u64 block, unsigned int count, u32 from, u32 to,
	       const u32 *to_numbers);

/**
 * chunk_change - change the state of those of adjacent blocks that are in a given state
 * @table: the table
 * @block: the first block
 * @count: how many; one chunk_prepare() has prepared them
 * @from: their state
 * @from_numbers: with these slots
 * @to: their next state
 * @to_numbers: with these slots or block numbers
 *
 * Context: a process; does not sleep.
 */
void chunk_change(struct chunk_table *table, u64 block, unsigned int count, u32 from,
		  const u32 *from_numbers, u32 to, const u32 *to_numbers);

/**
 * chunk_set_zero - mark adjacent blocks as storage
 * @table: the table
 * @block: the first block
 * @count: how many, not 0; cut down to those with the same record
 *
 * Context: a process; does not sleep.
 * Return: whether they were prepared.
 */
bool chunk_set_zero(struct chunk_table *table, u64 block, u64 *count);

/**
 * chunk_run - count the adjacent blocks that are in one state
 * @table: the table
 * @block: the first one
 * @count: look at so many, not 0
 * @state: the state of the first one
 *
 * Blocks in memory count as being in one state whatever their slots, stored ones if they lie side by
 * side in the storage.
 *
 * Context: any.
 * Return: their number, 1 to @count.
 */
u64 chunk_run(const struct chunk_table *table, u64 block, u64 count, u32 *state);

/* chunk_get - the state of a block. Context: any. */
static inline u32 chunk_get(const struct chunk_table *table, u64 block)
{
	u32 state;

	chunk_run(table, block, 1, &state);
	return state;
}

/**
 * chunk_range_uncopied - look whether the origin still has the data of adjacent blocks
 * @table: the table
 * @block: the first one
 * @count: how many, not 0
 *
 * Context: any.
 */
bool chunk_range_uncopied(const struct chunk_table *table, u64 block, u64 count);

/**
 * chunk_range_copied - chunk_all_copied() for blocks of any number of records
 * @table: the table
 * @block: the first one
 * @last: the last one
 *
 * Context: any, under RCU.
 */
bool chunk_range_copied(const struct chunk_table *table, u64 block, u64 last);

/* chunk_bucket - the bucket of a record, by its key. Exact with the lock held. */
static inline struct chunk_record **chunk_bucket(const struct chunk_table *table, u64 key)
{
	u64 hash = (key | 1) * GOLDEN_RATIO_64 >> table->hash_shift;

	return &READ_ONCE(table->segments[hash / SEGMENT_BUCKETS])[hash % SEGMENT_BUCKETS];
}

/**
 * chunk_all_copied - look whether adjacent blocks are copied
 * @table: the table
 * @block: the first one
 * @last: the last one, with the same record
 *
 * Context: any, under RCU. Inline: for each write.
 * Return: true if all of them are; false if not, or if it has missed a record.
 */
static inline bool chunk_all_copied(const struct chunk_table *table, u64 block, u64 last)
{
	const struct chunk_record *record;
	const u32 *state, *last_state;
	u64 key = chunk_key(block), seen;
	unsigned long i;

	record = READ_ONCE(*chunk_bucket(table, key));
	while (record) {
		seen = READ_ONCE(record->key);
		if (likely(seen == key - 1))
			goto sparse;
		if (seen == key)
			goto dense;
		record = READ_ONCE(record->next);
	}
	return false;

dense:
	state = &record->states[block % RECORD_BLOCKS];
	last_state = state + (last - block);
	do {
		if (block_is_uncopied(READ_ONCE(*state)))
			return false;
	} while (++state <= last_state);
	return true;

sparse:
	do {
		for (i = 0; READ_ONCE(record->places[i]) != chunk_place(block);)
			if (++i == RECORD_FEW)
				return false;
		if (block_is_uncopied(READ_ONCE(record->few[i])))
			return false;
	} while (block++ != last);
	smp_rmb(); /* pairs with free_old(): first the states, then whether it still has them */
	return READ_ONCE(record->key) == seen;
}

#endif /* BLKSNAP_CHUNK_H */
