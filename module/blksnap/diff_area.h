/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The copy-on-write of a device of a snapshot. It parks writes until the blocks that they overwrite are in
 * memory, stores these blocks, and finds the data of the image.
 */
#ifndef BLKSNAP_DIFF_AREA_H
#define BLKSNAP_DIFF_AREA_H

#include <linux/bio.h>
#include <linux/blk-filter.h>
#include <linux/llist.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include "chunk.h"
#include "diff_storage.h"
#include "diff_buffers.h"

/* Ticks of the timer in copy_timeout. */
#define PARK_MARKS	16

/**
 * enum park_kind - kinds of parked writes, each of which has a queue
 * @PARK_SYNC: synchronous writes: REQ_SYNC, REQ_META, REQ_SWAP
 * @PARK_ASYNC: asynchronous writes, and discards
 * @PARK_ZEROES: operations without data, which can be as large as the device
 * @PARK_KINDS: number of kinds
 */
enum park_kind {
	PARK_SYNC,
	PARK_ASYNC,
	PARK_ZEROES,
	PARK_KINDS,
};

/**
 * struct park_queue - parked writes of one kind, in the order in which they came
 * @bios: those that no batch has taken
 * @blocks: number of blocks that @bios and those in a batch cover, at least one each
 * @arrived: counts writes that were parked
 * @departed: counts writes that are no longer parked. They depart in the order in which they arrived.
 *	Both count each window of an operation of %PARK_ZEROES too
 * @marks: values of @arrived at the last ticks of the timer, see park_timer_fn()
 *
 * Protected by the lock of the area, except @blocks, and @departed, which the copy worker changes.
 */
struct park_queue {
	struct bio_list bios;
	atomic_long_t blocks;
	u32 arrived;
	u32 departed;
	u32 marks[PARK_MARKS];
};

/**
 * struct diff_area - the copy-on-write of a device
 * @origin: the device, kept open by the snapshot; not used after diff_area_leave_origin()
 * @disk: its disk; used as a name only
 * @dev: its number, for messages
 * @capacity: capacity of the image, in sectors
 * @diskseq: disk sequence number of the origin at the take
 * @block_size: logical block size of the origin
 * @physical_block_size: physical block size of the origin
 * @granule: blocks in a physical block of the origin; what is copied is rounded to it
 * @storage: storage of the snapshot
 * @table: states of the blocks
 * @error: 0, or why the image is lost; set once, by diff_area_fail(), without a lock
 * @corrupted_event: the image is lost
 *
 * @lock: protects @parked, @copy_requests, @timer_armed, @mark and @to_store, and keeps a block that
 *	is in memory in its buffer; taken in any context
 * @parked: parked writes
 * @copy_requests: struct copy_request
 * @park_timer: ticks while writes are parked
 * @timer_armed: @park_timer is pending
 * @mark: index of the oldest mark in &park_queue.marks
 * @copy_wq: runs @copy_work
 * @copy_work: the copy worker
 *
 * @buffers: buffers of blocks in memory; each belongs to the block whose state has its number
 * @copies: free struct diff_copy, see diff_copy_new()
 * @nr_copies: number of them
 *
 * @to_store: struct diff_copy that wait to be stored
 * @store_wq: runs @store_work
 * @store_work: the store worker
 * @store_bios: for its bios
 * @stored: counts copies that were stored, or given up
 * @progress: woken when @stored changes, when @readers becomes 0, and on failure
 * @readers: reads from the origin that are in flight, for the image
 *
 * The copy worker waits only for the origin and for the store worker. The store worker waits only for the
 * storage.
 */
struct diff_area {
	struct block_device *origin;
	struct gendisk *disk;
	dev_t dev;
	sector_t capacity;
	u64 diskseq;
	unsigned int block_size;
	unsigned int physical_block_size;
	unsigned int granule;
	struct diff_storage *storage;
	struct chunk_table table;
	int error;
	struct queued_event corrupted_event;

	raw_spinlock_t lock;
	struct park_queue parked[PARK_KINDS];
	struct list_head copy_requests;
	struct timer_list park_timer;
	bool timer_armed;
	unsigned int mark;
	struct workqueue_struct *copy_wq;
	struct work_struct copy_work;

	struct diff_buffers buffers;
	struct llist_head copies;
	atomic_t nr_copies;

	struct list_head to_store;
	struct workqueue_struct *store_wq;
	struct work_struct store_work;
	struct bio_set store_bios;
	unsigned long stored;
	wait_queue_head_t progress;
	atomic_t readers;
};

/* diff_area_blocks - get the number of blocks of the image */
static inline u64 diff_area_blocks(const struct diff_area *area)
{
	return DIV_ROUND_UP_ULL(area->capacity, DIFF_BLOCK_SECTORS);
}

/* diff_area_error - get why the image cannot be read any more, or 0. Context: any. */
static inline int diff_area_error(const struct diff_area *area)
{
	return diff_storage_error(area->storage) ?: READ_ONCE(area->error);
}

/**
 * enum diff_source - the places of the image's data
 * @DIFF_ORIGIN: on the origin
 * @DIFF_MEMORY: in memory; see diff_area_read_memory()
 * @DIFF_STORED: in the storage
 * @DIFF_ZERO: nowhere; it reads as zeros
 */
enum diff_source {
	DIFF_ORIGIN,
	DIFF_MEMORY,
	DIFF_STORED,
	DIFF_ZERO,
};

/**
 * struct diff_extent - a part of the image whose data is in one place
 * @source: the place
 * @count: number of sectors
 * @bdev: for DIFF_ORIGIN and DIFF_STORED, the device
 * @sector: for these, the first sector on it
 */
struct diff_extent {
	enum diff_source source;
	sector_t count;
	struct block_device *bdev;
	sector_t sector;
};

/* diff_fail.c */

/**
 * diff_area_fail - give up the image
 * @area: the area
 * @error: negative errno
 *
 * The only setter of &diff_area.error. The parked writes are resubmitted afterwards.
 *
 * Context: any.
 */
void diff_area_fail(struct diff_area *area, int error);

/**
 * diff_area_fail_all - give up all images of the snapshot
 * @area: the area in which the error happened
 * @error: negative errno
 *
 * Context: any.
 */
void diff_area_fail_all(struct diff_area *area, int error);

/* diff_park.c */

/**
 * diff_area_park - park a write to the origin until its blocks are copied
 * @area: the area
 * @bio: the write
 *
 * A discard is not resubmitted but completed, without being executed.
 *
 * Context: submission of the write, under RCU.
 * Return: %BLKFILTER_KEEP if it is parked; %BLKFILTER_WAIT if enough writes are parked and its submitter
 * can wait; %BLKFILTER_PASS if the area has failed.
 */
enum blkfilter_verdict diff_area_park(struct diff_area *area, struct bio *bio);

/**
 * diff_area_write - park a write to the origin unless all its blocks are copied
 * @area: the area
 * @bio: the write
 * @sector: its first sector on the origin
 * @count: number of sectors
 *
 * Context: submission of the write, under RCU.
 * Return: %BLKFILTER_PASS if all its blocks are copied; else as diff_area_park().
 */
enum blkfilter_verdict diff_area_write(struct diff_area *area, struct bio *bio, sector_t sector,
				       sector_t count);

/* diff_copy.c */

/**
 * diff_area_prepare_storage - allocate records for blocks that will become difference storage
 * @area: the area
 * @sector: first sector on the origin
 * @count: number of sectors; only blocks that are completely inside count
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int diff_area_prepare_storage(struct diff_area *area, sector_t sector, sector_t count);

/**
 * diff_area_use_as_storage - make blocks difference storage, before anything is stored there
 * @area: the area
 * @sector: as for diff_area_prepare_storage(), which has succeeded
 * @count: likewise
 *
 * Context: may sleep.
 */
void diff_area_use_as_storage(struct diff_area *area, sector_t sector, sector_t count);

/**
 * diff_area_make_writable - have the blocks of sectors copied to the storage
 * @area: the area
 * @sector: first sector
 * @count: number of sectors, not 0
 *
 * Context: may sleep until the blocks are stored.
 * Return: 0, or why the image is lost.
 */
int diff_area_make_writable(struct diff_area *area, sector_t sector, sector_t count);

/* diff_image.c */

/**
 * diff_area_locate - find the data of the image
 * @area: the area
 * @sector: first sector
 * @count: number of sectors, not 0
 * @extent: set to where they are; its count is 1 to @count
 *
 * Data that is found on the origin may be overwritten before it has been read. Check with
 * diff_area_is_uncopied() afterwards.
 *
 * Context: any.
 */
void diff_area_locate(struct diff_area *area, sector_t sector, sector_t count,
		      struct diff_extent *extent);

/* diff_area_is_uncopied - tell whether the origin still has the data of sectors. Context: any. */
bool diff_area_is_uncopied(struct diff_area *area, sector_t sector, sector_t count);

/**
 * diff_area_read_memory - copy the data of blocks that are in memory to a bio
 * @area: the area
 * @bio: a read of the image
 *
 * Context: any.
 * Return: false if a block is not in memory any more; the iterator of the bio is unchanged.
 */
bool diff_area_read_memory(struct diff_area *area, struct bio *bio);

/* diff_area.c */

/**
 * diff_area_new - allocate the copy-on-write of a device
 * @origin: the device, open as long as the area exists
 * @storage: storage of the snapshot
 *
 * Context: may sleep.
 * Return: the area or an ERR_PTR().
 */
struct diff_area *diff_area_new(struct block_device *origin, struct diff_storage *storage);

/**
 * diff_area_get_origin - begin a read from the origin
 * @area: the area
 *
 * Context: any.
 * Return: true, to be followed by diff_area_put_origin(); false if the area has failed.
 */
bool diff_area_get_origin(struct diff_area *area);

/**
 * diff_area_put_origin - end a read from the origin
 * @area: the area
 *
 * Gives up the image if the size or the medium of the device has changed.
 *
 * Context: any.
 */
void diff_area_put_origin(struct diff_area *area);

/**
 * diff_area_leave_origin - stop using the origin
 * @area: the area, failed; no write is passed to it any more
 *
 * Resubmits all parked writes. No read from the origin is in flight on return, nor will be.
 *
 * Context: may sleep.
 */
void diff_area_leave_origin(struct diff_area *area);

/**
 * diff_area_free - free an area
 * @area: the area, after diff_area_leave_origin(); nobody uses the image any more
 *
 * Nothing is written to the storage on return.
 *
 * Context: may sleep.
 */
void diff_area_free(struct diff_area *area);

#endif /* BLKSNAP_DIFF_AREA_H */
