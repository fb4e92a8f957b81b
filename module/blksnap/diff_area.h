/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copy-on-write for one device of a snapshot: keeps writes back until what they destroy
 * is in memory, stores that behind them, and knows where the data of the image is.
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
#include "slots.h"

/* How finely the time is measured that writes wait. */
#define WRITE_MARKS	16

/**
 * enum write_kind - what writes wait in one queue for being copied
 * @write_awaited: those that somebody waits for
 * @write_other: those that may take their time
 * @write_zeroing: operations without data, which may be as large as the device
 * @write_kinds: how many kinds there are
 */
enum write_kind {
	write_awaited,
	write_other,
	write_zeroing,
	write_kinds,
};

/**
 * struct write_queue - writes that wait for being copied, in the order they came
 * @bios: those that no batch has taken
 * @blocks: blocks that all of them cover, at least one each, and those in a batch
 * @came: counts writes that came
 * @gone: of these, those that are over. They go in the order they came. While one of
 *	&write_zeroing is copied part by part, both count the parts
 * @marks: what @came was the last times the clock ticked, see check_patience()
 *
 * Under the area's lock, but for @blocks, and for @gone, which the copy worker counts.
 */
struct write_queue {
	struct bio_list bios;
	atomic_long_t blocks;
	u32 came;
	u32 gone;
	u32 marks[WRITE_MARKS];
};

/**
 * struct diff_area - the difference of a device to its image
 * @origin: the device, kept open by the snapshot; not used after diff_area_leave_origin()
 * @disk: of it; a name only
 * @dev: its number, for messages
 * @capacity: of the image, in sectors
 * @diskseq: of the origin's disk at the take
 * @block_size: logical block size of the device
 * @physical_block_size: its physical one
 * @granule: blocks in a physical block of the device; what is copied is rounded to it
 * @storage: of the snapshot, shared
 * @table: what has become of each block
 * @error: 0, or why this image is lost; set once by diff_area_fail()
 * @corrupted_event: the event that it is
 *
 * @lock: protects the lists, and that a block in memory stays in its slot; taken in any context
 * @writes: those that wait for their blocks to be copied, by enum write_kind
 * @wanted: struct wish, others who do
 * @clock: ticks while there are any
 * @ticking: it does
 * @mark: which of the marks is the next
 * @copy_wq: runs @copy_work
 * @copy_work: reads what is to be copied, then lets the writes go on
 *
 * @slots: blocks in memory; a slot belongs to the block whose state names it
 * @copies: struct copy that are free, see copy_new()
 * @nr_copies: how many
 *
 * @to_store: struct copy, in memory and waiting
 * @store_wq: runs @store_work
 * @store_work: writes them to the storage
 * @store_bios: for its bios
 * @stored: counts copies that are done with
 * @progress: woken when @stored grows, when @readers becomes 0, and on failure
 * @readers: reads of the image from the origin that are under way
 *
 * The two workers share nothing that could make the copying wait for anything but the
 * storing, and the storing for anything but the storage.
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
	struct write_queue writes[write_kinds];
	struct list_head wanted;
	struct timer_list clock;
	bool ticking;
	unsigned int mark;
	struct workqueue_struct *copy_wq;
	struct work_struct copy_work;

	struct slots slots;
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

/**
 * enum diff_source - where a part of the image is
 * @diff_origin: still on the origin
 * @diff_memory: in memory; see diff_area_read_memory()
 * @diff_stored: in the storage
 * @diff_zero: it reads as zeros
 */
enum diff_source {
	diff_origin,
	diff_memory,
	diff_stored,
	diff_zero,
};

/**
 * struct diff_extent - a part of the image that is in one place
 * @source: which
 * @count: its sectors
 * @bdev: for diff_origin and diff_stored, the device
 * @sector: and the first sector there
 */
struct diff_extent {
	enum diff_source source;
	sector_t count;
	struct block_device *bdev;
	sector_t sector;
};

/**
 * diff_area_new - prepare copy-on-write for a device
 * @origin: the device, open as long as the area exists
 * @storage: of the snapshot
 *
 * Context: may sleep.
 * Return: the area or an ERR_PTR().
 */
struct diff_area *diff_area_new(struct block_device *origin, struct diff_storage *storage);

/**
 * diff_area_park - keep a write to the origin until its blocks are copied
 * @area: the area, under RCU
 * @bio: the write
 *
 * Context: that of the submission.
 * Return: %BLKFILTER_KEEP if it was taken: it goes on when what it destroys has been copied, or, a
 * discard of data that is still needed, is ended without doing anything. %BLKFILTER_WAIT if enough
 * are parked and its submitter can wait. %BLKFILTER_PASS if nothing is copied any more.
 */
enum blkfilter_verdict diff_area_park(struct diff_area *area, struct bio *bio);

/**
 * diff_area_write - a write to the origin comes
 * @area: the area, under RCU
 * @bio: the write
 * @sector: the first of its sectors
 * @count: how many
 *
 * Context: that of the submission.
 * Return: as diff_area_park(), %BLKFILTER_PASS also if all of its blocks have been copied.
 */
enum blkfilter_verdict diff_area_write(struct diff_area *area, struct bio *bio, sector_t sector,
				       sector_t count);

/**
 * diff_area_prepare_storage - before blocks of the device become difference storage
 * @area: the area
 * @sector: the first sector
 * @count: sectors; only blocks count that lie inside as a whole
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int diff_area_prepare_storage(struct diff_area *area, sector_t sector, sector_t count);

/* diff_area_use_as_storage - now they are, before anything is stored there; may sleep */
void diff_area_use_as_storage(struct diff_area *area, sector_t sector, sector_t count);

/* diff_area_error - 0, or why the image cannot be read any longer. Context: any. */
int diff_area_error(const struct diff_area *area);

/**
 * diff_area_fail - give up the image
 * @area: the area
 * @error: negative errno
 *
 * The only setter of diff_area::error. Writes that wait go on. Context: any.
 */
void diff_area_fail(struct diff_area *area, int error);

/* diff_area_fail_all - give up the whole snapshot: the storage is at fault. As diff_area_fail(). */
void diff_area_fail_all(struct diff_area *area, int error);

/**
 * diff_area_leave_origin - the device goes away, or the snapshot does
 * @area: the area, failed; no write comes to it any more
 *
 * Lets all writes go on. Nothing is being read from the origin when this returns, nor will
 * be. Context: may sleep.
 */
void diff_area_leave_origin(struct diff_area *area);

/**
 * diff_area_free - free an area
 * @area: as for diff_area_leave_origin(); and nobody reads or writes the image any more
 *
 * Nothing is written to the storage when this returns. Context: may sleep.
 */
void diff_area_free(struct diff_area *area);

/**
 * diff_area_locate - where the data of the image is
 * @area: the area
 * @sector: the first sector wanted
 * @count: how many, not 0
 * @extent: what is found; its count is from 1 to @count
 *
 * What was diff_origin may not be any more when it has been read; ask
 * diff_area_is_uncopied() then. Context: any.
 */
void diff_area_locate(struct diff_area *area, sector_t sector, sector_t count,
		      struct diff_extent *extent);

/**
 * diff_area_get_origin - begin to read from the origin
 * @area: the area
 *
 * Context: any.
 * Return: whether it is there to be read; then diff_area_put_origin() is to follow.
 */
bool diff_area_get_origin(struct diff_area *area);

/**
 * diff_area_put_origin - end to read from the origin
 * @area: the area
 *
 * Gives up the image if the device is not the one that it was. Context: any.
 */
void diff_area_put_origin(struct diff_area *area);

/* diff_area_is_uncopied - whether the origin still has the data of these sectors */
bool diff_area_is_uncopied(struct diff_area *area, sector_t sector, sector_t count);

/**
 * diff_area_read_memory - copy the data of blocks that are in memory
 * @area: the area
 * @bio: for its sectors
 *
 * Context: any.
 * Return: false if it is not in memory any more; the bio is as before then.
 */
bool diff_area_read_memory(struct diff_area *area, struct bio *bio);

/**
 * diff_area_make_writable - have the blocks of sectors in the storage
 * @area: the area
 * @sector: the first sector
 * @count: how many, not 0
 *
 * Context: may sleep until the storage has written them.
 * Return: 0, or why the image is lost.
 */
int diff_area_make_writable(struct diff_area *area, sector_t sector, sector_t count);

#endif /* BLKSNAP_DIFF_AREA_H */
