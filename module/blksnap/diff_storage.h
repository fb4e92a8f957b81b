/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The difference storage: sectors on any block devices, shared by the images of one
 * snapshot, given out in blocks of DIFF_BLOCK_SIZE bytes and never taken back.
 */
#ifndef BLKSNAP_DIFF_STORAGE_H
#define BLKSNAP_DIFF_STORAGE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include "event_queue.h"
#include "../compat/compat.h"

/* What is copied and stored is counted in blocks of 4 KiB, wherever it lies. */
#define DIFF_BLOCK_SHIFT	12
#define DIFF_BLOCK_SIZE		(1U << DIFF_BLOCK_SHIFT)
#define DIFF_BLOCK_SECTORS	(DIFF_BLOCK_SIZE >> SECTOR_SHIFT)

/* The largest number of blocks in all ranges, so that a record of one fits 31 bits: 8 TiB. */
#define DIFF_STORAGE_MAX	((1U << 31) - 2)

/**
 * struct diff_device - a device with storage, held open while the storage exists
 * @link: in the storage's list
 * @file: keeps it open
 * @bdev: the device
 */
struct diff_device {
	struct list_head link;
	struct compat_bdev_file *file;
	struct block_device *bdev;
};

/**
 * struct diff_range - adjacent sectors of a device
 * @bdev: the device
 * @sector: the first one
 * @first: number of its first block among those of all ranges
 * @count: its blocks
 */
struct diff_range {
	struct block_device *bdev;
	sector_t sector;
	u32 first;
	u32 count;
};

/* diff_range_start - the first sector of a range, counted from the start of the disk */
static inline sector_t diff_range_start(const struct diff_range *range)
{
	return compat_part_start(compat_part_of(range->bdev)) + range->sector;
}

/**
 * struct diff_storage - the storage of a snapshot
 * @link: in the list of all
 * @events: of the snapshot
 * @wanted: the event that asks for more storage
 * @lost: the event that the whole snapshot is lost
 * @lock: protects what follows; taken in any context
 * @ranges: in the order they were appended, @first rising
 * @nr_ranges: how many there are
 * @max_ranges: how many @ranges has room for
 * @current_range: blocks are being given out from this one
 * @used: blocks given out
 * @capacity: blocks in all ranges
 * @low: more was asked for, and nothing has come yet
 * @error: 0, or why the whole snapshot is lost; set once by diff_storage_fail()
 * @devices: struct diff_device; changed by the snapshot's owner only, under its lock
 */
struct diff_storage {
	struct list_head link;
	struct event_queue events;
	struct event wanted;
	struct event lost;
	spinlock_t lock;
	struct diff_range *ranges;
	unsigned int nr_ranges;
	unsigned int max_ranges;
	unsigned int current_range;
	u32 used;
	u32 capacity;
	bool low;
	int error;
	struct list_head devices;
};

/*
 * Protects the list of all storages and the addition of ranges, so that no two of them get
 * the same sectors.
 */
extern struct mutex storages_lock;

/* diff_storage_init - empty, with the first request for space in the queue */
void diff_storage_init(struct diff_storage *storage);

/* diff_storage_close - closes the devices; nobody does I/O to them any more; may sleep */
void diff_storage_close(struct diff_storage *storage);

/* diff_storage_exit - frees the rest */
void diff_storage_exit(struct diff_storage *storage);

/**
 * diff_storage_reserve - make sure that diff_storage_append() will succeed
 * @storage: the storage
 * @ranges: what is to be appended, all on one disk
 * @count: their number
 *
 * Context: may sleep; under storages_lock, until the append.
 * Return: 0, -ENOMEM, -EFBIG if it would become more than DIFF_STORAGE_MAX, or -EBUSY if
 * sectors are storage already, of this snapshot or another, or are given twice.
 */
int diff_storage_reserve(struct diff_storage *storage, const struct diff_range *ranges,
			 unsigned int count);

/**
 * diff_storage_append - add ranges
 * @storage: the storage
 * @ranges: to add, reserved; @first does not matter
 * @count: their number
 *
 * Context: under storages_lock.
 */
void diff_storage_append(struct diff_storage *storage, const struct diff_range *ranges,
			 unsigned int count);

/**
 * diff_storage_alloc - get adjacent blocks
 * @storage: the storage
 * @count: how many are wanted
 * @first: the first one got
 *
 * Context: any.
 * Return: how many were got, from 1 to @count; 0 if there are none left.
 */
u32 diff_storage_alloc(struct diff_storage *storage, u32 count, u32 *first);

/**
 * diff_storage_locate - where a block lies
 * @storage: the storage
 * @block: its number
 * @sector: its first sector on the device
 * @adjacent: if not NULL, the number of blocks, this one included, that lie side by side
 *
 * Context: any.
 * Return: the device, open until diff_storage_close().
 */
struct block_device *diff_storage_locate(struct diff_storage *storage, u32 block,
					 sector_t *sector, u32 *adjacent);

/**
 * diff_storage_fail - give up the whole snapshot
 * @storage: the storage
 * @dev: the snapshotted device on which it happened
 * @error: negative errno
 *
 * The only setter of diff_storage::error. Does nothing but for the first error. Context: any.
 */
void diff_storage_fail(struct diff_storage *storage, dev_t dev, int error);

static inline int diff_storage_error(const struct diff_storage *storage)
{
	return READ_ONCE(storage->error);
}

#endif /* BLKSNAP_DIFF_STORAGE_H */
