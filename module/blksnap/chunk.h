/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The state of each block of a snapshotted device.
 *
 *	ORIGIN   not overwritten since the take: the data is on the origin
 *	READING  a write is parked, and the data is being read into memory
 *	MEMORY   the data is in memory; the origin may be overwritten
 *	STORED   the data is in the difference storage
 *	ZERO     the block belongs to the difference storage itself
 *
 *	ORIGIN -> READING -> MEMORY -> STORED		a write to the origin or the image
 *	ZERO -> MEMORY -> STORED			a write to the image
 *	any -> ZERO					the block becomes storage
 *
 * Only the device's copy worker changes states from ORIGIN or ZERO to MEMORY, and only its store worker
 * changes them from MEMORY to STORED. A block can become storage in between, so each change names the
 * state that it starts from. No state becomes ORIGIN. A write is resubmitted only after its blocks have
 * left ORIGIN and READING, or after the image has failed. So if a reader has read a block from the origin,
 * and then finds it in one of these two states and no error of the image, it has read the old data.
 *
 * Records
 *
 * The states of 64 adjacent blocks (256 KiB) are kept in one record. Without a record, all of them are
 * ORIGIN. A record is allocated when one of its blocks is written to for the first time or is about to
 * become storage. Records are in a hash table, so memory grows with the changed blocks and not with the
 * device. There are two kinds:
 *
 *	sparse	up to 4 states, each with the number of its block; 40 bytes
 *	dense	the states of all 64 blocks; 272 bytes
 *
 * A sparse record that would need a fifth state is replaced by a dense one. With a bucket of 8 bytes for
 * each record, a copied block takes 48 bytes if it is the only one of its record, 56 if it is one of
 * five, which is the maximum, and 4.4 if all 64 are copied.
 *
 * The buckets are in segments of 1 KiB. A directory, indexed by the first bits of the hash, leads to the
 * segments. Adjacent entries share a segment until it is split. Whenever there are more records than
 * buckets, one segment is split: half of its entries then lead to a new segment, and the records that
 * belong there are moved. If there is no memory for a segment, chains become longer. Nothing is removed
 * before the table is freed. Only the directory, which is allocated at the take, is larger than a page.
 *
 * Concurrency
 *
 * table->lock is held for every change of a state, a record, a chain or the directory. It is an innermost
 * spinlock, taken in process context with no other spinlock held, so that interrupts stay enabled. It is
 * held for the blocks of one record, or while one segment is split. Memory is allocated before it is
 * taken. If two tasks allocate the same record, the second one notices and frees its own.
 *
 * Readers do not take the lock. They are in an RCU read-side critical section (of any kind). They can miss
 * a record that is being moved to another segment, or find one that has been replaced. A sequence counter,
 * table->moved, counts such changes, and chunk_run() and chunk_range_uncopied() start again if it has
 * changed. Readers in interrupts do so too, and spin during a change. Therefore such a change is made with
 * interrupts disabled. The result was true for each block at some moment of the call. This suffices for a
 * reader of the image that checks, after a read, whether the data was still on the origin.
 *
 * Writes to the device call chunk_all_copied(), which ignores the counter. A copied block stays copied. So
 * if all blocks are found to be copied, they are, however old the states are that were seen. Otherwise the
 * write is parked, and the copy worker calls chunk_run().
 *
 * A dense record is never replaced. A sparse one is freed after an RCU grace period. Until then the RCU
 * head overlays its states, and could be mistaken for states. So its key is changed first, and
 * chunk_all_copied() checks the key after it has read states. The next pointer of a replaced record stays
 * unchanged. The record that it points to was in the table at the time of the replacement, and so is not
 * freed earlier.
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
 * A state has 32 bits. READING and MEMORY include the number of a buffer, STORED that of a block of the
 * storage. The values are in the order of the list above, so that a write needs one comparison.
 */
#define BLOCK_ORIGIN		0U
#define BLOCK_READING		(1U << 29)
#define BLOCK_MEMORY		(1U << 30)
#define BLOCK_STORED		(1U << 31)
#define BLOCK_ZERO		(~0U)
#define BLOCK_BUFFER_MASK		(BLOCK_READING - 1)

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
 * chunk_key - get the key of the dense record of a block
 *
 * It is odd; the key of a sparse record is smaller by one.
 */
static inline u64 chunk_key(u64 block)
{
	return block / RECORD_BLOCKS * 2 | 1;
}

/* The key of a replaced sparse record. No device has as many blocks. */
#define RECORD_REPLACED		(~1ULL)

/* chunk_left - get the number of blocks from this one to the end of its record */
static inline unsigned int chunk_left(u64 block)
{
	return RECORD_BLOCKS - block % RECORD_BLOCKS;
}

/* chunk_place - get the number of a block in a sparse record; not 0 */
static inline u8 chunk_place(u64 block)
{
	return block | ~(RECORD_BLOCKS - 1);
}

/**
 * struct chunk_record - the states of 64 adjacent blocks
 * @next: next record in the chain of the bucket, or NULL
 * @key: see chunk_key()
 * @states: states of a dense record
 * @few: states of a sparse record; all other blocks are ORIGIN
 * @places: for each of @few, chunk_place() of its block, or 0. Set once
 * @rcu: for freeing a sparse record that was replaced
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

/* chunk_is_dense - tell whether a record is dense */
static inline bool chunk_is_dense(const struct chunk_record *record)
{
	return READ_ONCE(record->key) & 1;
}

/**
 * struct chunk_table - the records of a device
 * @segments: the directory
 * @nr_segments: number of its entries, a power of two
 * @hash_shift: reduces a hash to the bits that select a directory entry and a bucket
 * @run: number of adjacent entries that share the segment that is split next
 * @next: first entry of that segment
 * @nr_records: number of records
 * @nr_buckets: number of buckets in all segments
 * @chunk_shift: log2 of the number of blocks in a chunk
 * @lock: held for all changes, see above
 * @moved: sequence counter for records that are moved or replaced
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

/* chunk_init - set up the allocation of records, once. Return: 0 or a negative errno. */
int chunk_init(void);

/* chunk_exit - undo chunk_init(). No table exists. Context: may sleep. */
void chunk_exit(void);

/**
 * chunk_table_init - initialize a table without records
 * @table: the table
 * @capacity: capacity of the device, in sectors
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; chunk_table_exit() has to follow in both cases.
 */
int chunk_table_init(struct chunk_table *table, sector_t capacity);

/* chunk_table_exit - free a table that nobody uses, or that is zeroed. Context: may sleep. */
void chunk_table_exit(struct chunk_table *table);

/* chunk_queue_limit - get how many blocks may wait in memory to be stored */
unsigned int chunk_queue_limit(const struct chunk_table *table);

/**
 * chunk_prepare - make room for the states of adjacent blocks
 * @table: the table
 * @block: first block
 * @count: number of blocks, not 0; reduced to those of one record
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM. After 0 no change of the states of these blocks can fail.
 */
int chunk_prepare(struct chunk_table *table, u64 block, u64 *count);

/**
 * chunk_prepare_change - chunk_prepare() and chunk_change() in one
 * @table: the table
 * @block: first block
 * @count: number of blocks, all of one record
 * @from: present state
 * @to: new state
 * @to_numbers: buffers for the new state of each block; NULL for no change
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int chunk_prepare_change(struct chunk_table *table, u64 block, unsigned int count, u32 from, u32 to,
			 const u32 *to_numbers);

/**
 * chunk_change - change the states of adjacent blocks, of those that are in a given state
 * @table: the table
 * @block: first block
 * @count: number of blocks, all prepared by one chunk_prepare()
 * @from: present state
 * @from_numbers: buffers of each block
 * @to: new state
 * @to_numbers: buffers or block numbers for the new state of each block
 *
 * Context: process context; does not sleep.
 */
void chunk_change(struct chunk_table *table, u64 block, unsigned int count, u32 from,
		  const u32 *from_numbers, u32 to, const u32 *to_numbers);

/**
 * chunk_set_zero - change the states of adjacent blocks to ZERO
 * @table: the table
 * @block: first block
 * @count: number of blocks, not 0; reduced to those of one record
 *
 * Context: process context; does not sleep.
 * Return: false if the blocks were not prepared.
 */
bool chunk_set_zero(struct chunk_table *table, u64 block, u64 *count);

/**
 * chunk_run - count adjacent blocks in the same state
 * @table: the table
 * @block: first block
 * @count: number of blocks to examine, not 0
 * @state: set to the state of the first block
 *
 * Blocks in memory are in the same state whatever their buffers; stored blocks are if they are adjacent in
 * the storage.
 *
 * Context: any.
 * Return: number of blocks, 1 to @count.
 */
u64 chunk_run(const struct chunk_table *table, u64 block, u64 count, u32 *state);

/* chunk_state - get the state of a block. Context: any. */
static inline u32 chunk_state(const struct chunk_table *table, u64 block)
{
	u32 state;

	chunk_run(table, block, 1, &state);
	return state;
}

/**
 * chunk_range_uncopied - tell whether the data of adjacent blocks is still on the origin
 * @table: the table
 * @block: first block
 * @count: number of blocks, not 0
 *
 * Context: any.
 * Return: whether that of all blocks is.
 */
bool chunk_range_uncopied(const struct chunk_table *table, u64 block, u64 count);

/**
 * chunk_range_copied - chunk_all_copied() for blocks of several records
 * @table: the table
 * @block: first block
 * @last: last block
 *
 * Context: any, under RCU.
 * Return: as chunk_all_copied().
 */
bool chunk_range_copied(const struct chunk_table *table, u64 block, u64 last);

/* chunk_bucket - get the bucket of a record by its key; without the lock, it may be split meanwhile */
static inline struct chunk_record **chunk_bucket(const struct chunk_table *table, u64 key)
{
	u64 hash = (key | 1) * GOLDEN_RATIO_64 >> table->hash_shift;

	return &READ_ONCE(table->segments[hash / SEGMENT_BUCKETS])[hash % SEGMENT_BUCKETS];
}

/**
 * chunk_all_copied - tell whether adjacent blocks are copied
 * @table: the table
 * @block: first block
 * @last: last block, of the same record
 *
 * Inline, because it is called for each write.
 *
 * Context: any, under RCU.
 * Return: true if all blocks are copied; false if some are not, or if the record was missed.
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
	smp_rmb(); /* pairs with free_replaced(): the states are read before the key */
	return READ_ONCE(record->key) == seen;
}

#endif /* BLKSNAP_CHUNK_H */
