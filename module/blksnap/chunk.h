/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What has become of each block of a snapshotted device, kept chunk by chunk.
 *
 * A chunk is the unit of bookkeeping only: a record of it is made when one of its blocks
 * is written to for the first time, and has a state for each of its blocks:
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
 * worker leads them from there to STORED, and becoming storage may get between: so
 * each step is a compare and exchange. ORIGIN is left but never come back to, and writes
 * are let through only after their blocks have left ORIGIN and READING. Hence
 * whoever has read a block from the origin and then still finds it in one of these two
 * has read the old data.
 */
#ifndef BLKSNAP_CHUNK_H
#define BLKSNAP_CHUNK_H

#include <linux/atomic.h>
#include <linux/minmax.h>
#include <linux/mm.h>
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

/* block_change - lead a block from one state to another, if it is in that. A full barrier. */
static inline bool block_change(u32 *state, u32 from, u32 to)
{
	return cmpxchg(state, from, to) == from;
}

/* A group of pointers to records is a page. */
#define CHUNK_GROUP	(PAGE_SIZE / sizeof(u32 *))

/**
 * struct chunk_table - the records of all chunks of a device
 * @groups: of pointers to records, by index; a record is the states of the blocks of a chunk. A
 *	group or a record is added by the copy worker or when storage is appended, none is removed
 * @nr_groups: how many there may be
 * @shift: log2 of the number of blocks in a chunk
 * @mask: that number, less one
 */
struct chunk_table {
	void **groups;
	unsigned long nr_groups;
	unsigned int shift;
	u64 mask;
};

/**
 * chunk_table_init - an empty table
 * @table: the table
 * @capacity: of the device, in sectors; chunks are as small as they may be if they do not
 *	become too many
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; chunk_table_exit() is to follow in both cases.
 */
int chunk_table_init(struct chunk_table *table, sector_t capacity);

/* chunk_table_exit - nobody uses the table any more */
void chunk_table_exit(struct chunk_table *table);

/* chunk_bytes - size of a chunk of the table */
static inline u64 chunk_bytes(const struct chunk_table *table)
{
	return 4096ULL << table->shift;
}

/* chunk_find - the record of the chunk of a block, or NULL. Context: any. */
static inline u32 *chunk_find(const struct chunk_table *table, u64 block)
{
	u64 index = block >> table->shift;
	void **group = READ_ONCE(table->groups[index / CHUNK_GROUP]);

	return group ? READ_ONCE(group[index % CHUNK_GROUP]) : NULL;
}

/* chunk_index - the place of a block in the record */
static inline u64 chunk_index(const struct chunk_table *table, u64 block)
{
	return block & table->mask;
}

/* chunk_end - the first block behind the chunk of a block */
static inline u64 chunk_end(const struct chunk_table *table, u64 block)
{
	return (block | table->mask) + 1;
}

/**
 * chunk_prepare - the states of adjacent blocks, in a record that is made if there is none
 * @table: the table
 * @block: the first block
 * @count: how many; cut down to those in its chunk
 *
 * Context: may sleep.
 * Return: the state of the first one, the others behind it, valid as long as the table is; NULL
 * when there was no memory.
 */
u32 *chunk_prepare(struct chunk_table *table, u64 block, u64 *count);

/* chunk_get - the state of a block. Context: any. */
u32 chunk_get(struct chunk_table *table, u64 block);

/* chunk_set_zero - make a block storage. Context: any. Return: false if it was not prepared. */
bool chunk_set_zero(struct chunk_table *table, u64 block);

/**
 * chunk_uncopied - how many adjacent blocks still have their data on the origin only
 * @table: the table
 * @block: the first one
 * @count: look at so many
 *
 * Context: any.
 * Return: their number, 0 to @count.
 */
u64 chunk_uncopied(struct chunk_table *table, u64 block, u64 count);

/**
 * chunk_any_uncopied - whether one of adjacent blocks still has its data on the origin only
 * @table: the table
 * @block: the first one
 * @end: the one behind the last, not the same one
 *
 * Context: any. Inline: for each write.
 */
static inline bool chunk_any_uncopied(const struct chunk_table *table, u64 block, u64 end)
{
	do {
		u64 stop = min(end, chunk_end(table, block));
		u32 *state = chunk_find(table, block);
		u32 *behind;

		if (!state)
			return true;
		state += chunk_index(table, block);
		behind = state + (stop - block);
		do {
			if (block_is_uncopied(READ_ONCE(*state)))
				return true;
		} while (++state < behind);
		block = stop;
	} while (block < end);
	return false;
}

int chunk_check_params(void);
unsigned int chunk_queue_limit(const struct chunk_table *table);

#endif /* BLKSNAP_CHUNK_H */
