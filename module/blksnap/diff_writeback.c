// SPDX-License-Identifier: GPL-2.0
/*
 * All copies that have come by now make a batch. Blocks of the storage are allocated for them one after
 * the other, and blocks that are adjacent there go into one bio, whichever copies they belong to.
 *
 * A reader of the image that finds a block in memory copies it from the buffer under the area's lock. So
 * the lock is taken and released once after the blocks of a batch were changed to STORED, before their
 * buffers are put: a reader that held the lock before is done with the buffer, and one that takes it
 * later finds the block stored.
 */
#include <linux/sched/mm.h>
#include "../idle.h"
#include "diff_batch.h"
#include "diff_writeback.h"

/* Bios that can always be allocated. */
#define STORE_RESERVE	4
/* The largest number of blocks in one bio. */
#define STORE_BLOCKS	256U

void diff_writeback_queue(struct diff_area *area, struct diff_batch *batch)
{
	if (list_empty(&batch->copies))
		return;
	raw_spin_lock_irq(&area->lock);
	list_splice_tail(&batch->copies, &area->to_store);
	raw_spin_unlock_irq(&area->lock);
	queue_work(area->store_wq, &area->store_work);
}

/**
 * struct writeback - the bios that write a batch
 * @area: the area
 * @batch: the batch
 * @bio: the bio that is being filled, or NULL
 * @bdev: its device
 * @left: number of blocks of the batch that are in no bio yet
 */
struct writeback {
	struct diff_area *area;
	struct diff_batch *batch;
	struct bio *bio;
	struct block_device *bdev;
	unsigned int left;
};

static void writeback_end(struct bio *bio)
{
	struct writeback *wb = bio->bi_private;
	struct diff_batch *batch = wb->batch;
	blk_status_t status = bio->bi_status;

	/*
	 * The order matters: once the batch has ended, the area may be freed, and the bio set with it.
	 * An error is set at once, so that nobody waits for the rest of a batch that is lost.
	 */
	if (unlikely(status))
		diff_area_fail_all(wb->area, blk_status_to_errno(status));
	bio_put(bio);
	diff_batch_put(batch, status);
}

static void writeback_submit(struct writeback *wb)
{
	if (wb->bio)
		submit_bio_noacct(wb->bio);
	wb->bio = NULL;
}

/* Allocate a bio for as many blocks as may come. There is one at a time, so the reserve suffices. */
static void writeback_begin(struct diff_area *area, struct writeback *wb,
			    struct block_device *bdev, sector_t sector)
{
	struct bio *bio;

	writeback_submit(wb);
	bio = bio_alloc_bioset(bdev, min(wb->left, STORE_BLOCKS), REQ_OP_WRITE, GFP_NOIO,
			       &area->store_bios);
	bio->bi_iter.bi_sector = sector;
	bio->bi_private = wb;
	bio->bi_end_io = writeback_end;
	atomic_inc(&wb->batch->pending);
	wb->bio = bio;
	wb->bdev = bdev;
}

/* Write blocks of a copy to adjacent blocks of the storage, with the current bio if it ends there. */
static void writeback_run(struct diff_area *area, struct writeback *wb, struct diff_copy *copy,
			  unsigned int from, unsigned int count, u32 number)
{
	struct block_device *bdev;
	sector_t sector;
	unsigned int i;

	bdev = diff_storage_locate(area->storage, number, &sector, NULL);
	for (i = 0; i < count; i++, sector += DIFF_BLOCK_SECTORS) {
		if (!wb->bio || wb->bdev != bdev || bio_end_sector(wb->bio) != sector ||
		    wb->bio->bi_vcnt == wb->bio->bi_max_vecs)
			writeback_begin(area, wb, bdev, sector);
		__bio_add_page(wb->bio, area->buffers.pages[copy->buffers[from + i]],
			       DIFF_BLOCK_SIZE, 0);
		copy->stored[from + i] = number + i;
		wb->left--;
	}
}

static int writeback_copy(struct diff_area *area, struct writeback *wb, struct diff_copy *copy)
{
	unsigned int done = 0;
	u32 number, got;

	while (done < copy->count) {
		got = diff_storage_alloc(area->storage, copy->count - done, &number);
		if (!got)
			return -ENOSPC;
		writeback_run(area, wb, copy, done, got, number);
		done += got;
	}
	return 0;
}

/* Change the blocks of a batch to STORED. No reader uses their buffers on return. */
static void writeback_commit(struct diff_area *area, struct diff_batch *batch)
{
	struct diff_copy *copy;

	list_for_each_entry(copy, &batch->copies, link)
		chunk_change(&area->table, copy->first, copy->count, BLOCK_MEMORY, copy->buffers,
			     BLOCK_STORED, copy->stored);
	/* See the head of this file. */
	raw_spin_lock_irq(&area->lock);
	raw_spin_unlock_irq(&area->lock);
}

static void diff_writeback_work(struct work_struct *work)
{
	struct diff_area *area = container_of(work, struct diff_area, store_work);
	struct diff_copy *copy, *next;
	struct blk_plug plug;
	struct writeback wb;
	struct diff_batch batch;
	unsigned int noio;
	int ret, failed;

	noio = memalloc_noio_save();
	for (;;) {
		diff_batch_init(&batch);
		raw_spin_lock_irq(&area->lock);
		list_splice_init(&area->to_store, &batch.copies);
		raw_spin_unlock_irq(&area->lock);
		if (list_empty(&batch.copies))
			break;

		failed = 0;
		wb = (struct writeback) { .area = area, .batch = &batch };
		list_for_each_entry(copy, &batch.copies, link)
			wb.left += copy->count;
		blk_start_plug(&plug);
		list_for_each_entry(copy, &batch.copies, link) {
			failed = diff_area_error(area) ?: writeback_copy(area, &wb, copy);
			if (failed)
				break;
		}
		writeback_submit(&wb);
		blk_finish_plug(&plug);
		ret = diff_batch_wait(&batch) ?: failed;
		if (ret && !diff_area_error(area))
			diff_area_fail_all(area, ret);
		/* The blocks of a lost image stay in memory; nobody reads them. */
		if (!ret)
			writeback_commit(area, &batch);
		list_for_each_entry_safe(copy, next, &batch.copies, link) {
			diff_copy_free(area, copy);
			WRITE_ONCE(area->stored, area->stored + 1);
		}
		wake_up_all(&area->progress);
	}
	memalloc_noio_restore(noio);
}

void diff_writeback_wait(struct diff_area *area, unsigned long seen)
{
	/* With a timeout: if the storage fails for another area, this one is not woken. */
	while (!wait_event_idle_timeout(area->progress, READ_ONCE(area->stored) != seen ||
					diff_area_error(area), HZ))
		;
}

int diff_writeback_init(struct diff_area *area)
{
	INIT_LIST_HEAD(&area->to_store);
	INIT_WORK(&area->store_work, diff_writeback_work);
	area->store_wq = alloc_ordered_workqueue("blksnap-store-%u:%u", WQ_MEM_RECLAIM,
						 MAJOR(area->dev), MINOR(area->dev));
	if (!area->store_wq)
		return -ENOMEM;
	return bioset_init(&area->store_bios, STORE_RESERVE, 0, BIOSET_NEED_BVECS);
}

void diff_writeback_exit(struct diff_area *area)
{
	if (area->store_wq) {
		idle_flush_work(&area->store_work);
		destroy_workqueue(area->store_wq);
	}
	bioset_exit(&area->store_bios);
}
