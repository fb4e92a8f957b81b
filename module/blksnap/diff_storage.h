/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The difference storage of a snapshot: sectors on any block devices, shared by its images. Blocks of
 * DIFF_BLOCK_SIZE bytes are allocated from it and never freed.
 */
#ifndef BLKSNAP_DIFF_STORAGE_H
#define BLKSNAP_DIFF_STORAGE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include "event_queue.h"
#include "../compat/compat.h"

/* The unit of copying and storing, on all devices: 4 KiB. */
#define DIFF_BLOCK_SHIFT	12
#define DIFF_BLOCK_SIZE		(1U << DIFF_BLOCK_SHIFT)
#define DIFF_BLOCK_SECTORS	(DIFF_BLOCK_SIZE >> SECTOR_SHIFT)

/* The largest number of blocks in a storage, 8 TiB. A block number has to fit 31 bits. */
#define DIFF_STORAGE_MAX	((1U << 31) - 2)

/**
 * struct diff_device - a device that provides storage, open as long as the storage exists
 * @link: in &diff_storage.devices
 * @file: keeps the device open
 * @bdev: the device
 */
struct diff_device {
	struct list_head link;
	struct compat_bdev_file *file;
	struct block_device *bdev;
};

/**
 * struct diff_range - adjacent sectors of a device that are storage
 * @bdev: the device
 * @sector: first sector
 * @first: number of its first block in the storage
 * @count: number of blocks
 */
struct diff_range {
	struct block_device *bdev;
	sector_t sector;
	u32 first;
	u32 count;
};

/* diff_range_start - get the first sector of a range, relative to the disk */
static inline sector_t diff_range_start(const struct diff_range *range)
{
	return compat_part_start(compat_part_of(range->bdev)) + range->sector;
}

/**
 * struct diff_storage - the storage of a snapshot
 * @link: in the list of all storages; under storages_lock
 * @events: the events of the snapshot
 * @low_space_event: requests more storage
 * @corrupted_event: all images of the snapshot are lost
 * @lock: protects @ranges to @request_pending; taken in any context
 * @ranges: in the order in which they were appended, &diff_range.first ascending. Changed under
 *	storages_lock too
 * @nr_ranges: number of ranges
 * @max_ranges: number of ranges that @ranges has room for
 * @current_range: the range that blocks are allocated from
 * @used: number of blocks allocated
 * @capacity: number of blocks in all ranges
 * @request_pending: storage was requested, and none was appended since
 * @error: 0, or why all images are lost; set once, by diff_storage_fail(), without a lock
 * @devices: struct diff_device; under the lock of the snapshot
 */
struct diff_storage {
	struct list_head link;
	struct event_queue events;
	struct queued_event low_space_event;
	struct queued_event corrupted_event;
	spinlock_t lock;
	struct diff_range *ranges;
	unsigned int nr_ranges;
	unsigned int max_ranges;
	unsigned int current_range;
	u32 used;
	u32 capacity;
	bool request_pending;
	int error;
	struct list_head devices;
};

/*
 * Protects the list of all storages, and serializes the addition of ranges, so that no two storages
 * get the same sectors.
 */
extern struct mutex storages_lock;

/**
 * diff_storage_init - initialize a storage without ranges
 * @storage: the storage
 *
 * Queues the first request for space.
 *
 * Context: may sleep.
 */
void diff_storage_init(struct diff_storage *storage);

/**
 * diff_storage_close - close the devices of a storage
 * @storage: the storage, to which no I/O is in flight
 *
 * Context: may sleep.
 */
void diff_storage_close(struct diff_storage *storage);

/**
 * diff_storage_exit - free the ranges of a storage
 * @storage: the storage, closed
 */
void diff_storage_exit(struct diff_storage *storage);

/**
 * diff_storage_reserve - prepare diff_storage_append(), which cannot fail afterwards
 * @storage: the storage
 * @ranges: the ranges to append, all on one disk
 * @count: number of ranges
 *
 * Context: may sleep; storages_lock, until the ranges are appended.
 * Return: 0; -ENOMEM; -EFBIG if the storage would exceed DIFF_STORAGE_MAX; -EBUSY if sectors belong
 * to a storage already, of this or another snapshot, or occur twice.
 */
int diff_storage_reserve(struct diff_storage *storage, const struct diff_range *ranges,
			 unsigned int count);

/**
 * diff_storage_append - append ranges
 * @storage: the storage
 * @ranges: the ranges, for which diff_storage_reserve() succeeded; @first is ignored
 * @count: number of ranges
 *
 * Context: storages_lock.
 */
void diff_storage_append(struct diff_storage *storage, const struct diff_range *ranges,
			 unsigned int count);

/**
 * diff_storage_alloc - allocate adjacent blocks
 * @storage: the storage
 * @count: number of blocks wanted
 * @first: set to the number of the first block
 *
 * Context: any.
 * Return: number of blocks allocated, 1 to @count; 0 if the storage is full.
 */
u32 diff_storage_alloc(struct diff_storage *storage, u32 count, u32 *first);

/**
 * diff_storage_locate - find the place of a block
 * @storage: the storage
 * @block: number of the block
 * @sector: set to its first sector on the device
 * @adjacent: if not NULL, set to the number of blocks that are adjacent there, this one included
 *
 * Context: any.
 * Return: the device, open until diff_storage_close().
 */
struct block_device *diff_storage_locate(struct diff_storage *storage, u32 block,
					 sector_t *sector, u32 *adjacent);

/**
 * diff_storage_fail - give up all images of the snapshot
 * @storage: the storage
 * @dev: number of the snapshotted device on which the error happened
 * @error: negative errno
 *
 * The only setter of &diff_storage.error. Ignores all errors but the first.
 *
 * Context: any.
 */
void diff_storage_fail(struct diff_storage *storage, dev_t dev, int error);

/* diff_storage_error - get why all images are lost, or 0. Context: any. */
static inline int diff_storage_error(const struct diff_storage *storage)
{
	return READ_ONCE(storage->error);
}

#endif /* BLKSNAP_DIFF_STORAGE_H */
