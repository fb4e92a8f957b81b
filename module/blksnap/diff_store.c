// SPDX-License-Identifier: GPL-2.0
/*
 * Copies that have come by now make a batch. Their blocks are given places in the storage one
 * after the other, and what lies side by side there goes into one bio, whichever copy it is of.
 *
 * A reader of the image finds a block in its slot and copies it from there under the area's lock. So
 * the lock is taken and released once between leading the blocks of a batch on to STORED and freeing
 * their slots: whoever held it before has done with the slot, and whoever takes it after that finds
 * the block not in memory any more.
 */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "../idle.h"
#include "diff_store.h"

#define COPY_RESERVE	4
/* So many free copies are kept, or about as many: as many as are often under way. */
#define COPIES_KEPT	64
#define STORE_RESERVE	4
/* The most that one bio writes to the storage. */
#define STORE_BLOCKS	256U

/*
 * What is shared with copying
 */

/*
 * Copies that are free are kept on a list, which is cheaper than an allocator. Both workers put them
 * there, and only the copy worker takes them off, so that it needs no lock. There are never less than
 * COPY_RESERVE altogether: one is given back to the allocator only when there are more on the list.
 */

static void keep(struct diff_area *area, struct copy *copy)
{
	atomic_inc(&area->nr_copies);
	llist_add(&copy->free, &area->copies);
}

int copies_init(struct diff_area *area)
{
	struct copy *copy;
	unsigned int i;

	for (i = 0; i < COPY_RESERVE; i++) {
		copy = kmalloc(sizeof(*copy), GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
		keep(area, copy);
	}
	return 0;
}

void copies_exit(struct diff_area *area)
{
	struct copy *copy, *next;

	llist_for_each_entry_safe(copy, next, llist_del_all(&area->copies), free)
		kfree(copy);
}

struct copy *copy_new(struct diff_area *area)
{
	struct llist_node *first = llist_del_first(&area->copies);

	if (unlikely(!first))
		return kmalloc(sizeof(struct copy), GFP_NOWAIT | __GFP_NOWARN);
	atomic_dec(&area->nr_copies);
	return llist_entry(first, struct copy, free);
}

void copy_free(struct diff_area *area, struct copy *copy)
{
	slots_put(&area->slots, copy->slots, copy->count);
	if (unlikely(atomic_read(&area->nr_copies) >= COPIES_KEPT))
		kfree(copy);
	else
		keep(area, copy);
}

void batch_init(struct batch *batch)
{
	atomic_set(&batch->pending, 1);
	batch->error = 0;
	init_completion(&batch->done);
	INIT_LIST_HEAD(&batch->copies);
	bio_list_init(&batch->writes);
	INIT_LIST_HEAD(&batch->wishes);
}

void batch_put(struct batch *batch, blk_status_t status)
{
	if (status)
		WRITE_ONCE(batch->error, blk_status_to_errno(status));
	if (atomic_dec_and_test(&batch->pending))
		complete(&batch->done);
}

int batch_wait(struct batch *batch)
{
	batch_put(batch, BLK_STS_OK);
	idle_wait_for_completion(&batch->done);
	return READ_ONCE(batch->error);
}

/*
 * Storing
 */

void diff_store_queue(struct diff_area *area, struct batch *batch)
{
	if (list_empty(&batch->copies))
		return;
	raw_spin_lock_irq(&area->lock);
	list_splice_tail(&batch->copies, &area->to_store);
	raw_spin_unlock_irq(&area->lock);
	queue_work(area->store_wq, &area->store_work);
}

/**
 * struct store - the bios of a batch, and the one that is being put together
 * @area: whose they are
 * @batch: what waits for them
 * @bio: the bio, or NULL
 * @bdev: its device
 * @left: blocks of the batch that are in no bio yet
 */
struct store {
	struct diff_area *area;
	struct batch *batch;
	struct bio *bio;
	struct block_device *bdev;
	unsigned int left;
};

static void store_end(struct bio *bio)
{
	struct store *store = bio->bi_private;
	struct batch *batch = store->batch;
	blk_status_t status = bio->bi_status;

	/*
	 * In this order: once the batch has ended, the area with the memory of its bios may go. A
	 * failure is told at once: nobody is to wait for the rest of a batch that is worth nothing.
	 */
	if (unlikely(status))
		diff_area_fail_all(store->area, blk_status_to_errno(status));
	bio_put(bio);
	batch_put(batch, status);
}

static void store_submit(struct store *store)
{
	if (store->bio)
		submit_bio_noacct(store->bio);
	store->bio = NULL;
}

/* A bio for as many blocks as may come; one at a time, so that the reserve is enough. */
static void store_begin(struct diff_area *area, struct store *store, struct block_device *bdev,
			sector_t sector)
{
	struct bio *bio;

	store_submit(store);
	bio = bio_alloc_bioset(bdev, min(store->left, STORE_BLOCKS), REQ_OP_WRITE, GFP_NOIO,
			       &area->store_bios);
	bio->bi_iter.bi_sector = sector;
	bio->bi_private = store;
	bio->bi_end_io = store_end;
	atomic_inc(&store->batch->pending);
	store->bio = bio;
	store->bdev = bdev;
}

/* Writes blocks of a copy to adjacent blocks of the storage, with what lies before them there. */
static void store_run(struct diff_area *area, struct store *store, struct copy *copy,
		      unsigned int from, unsigned int count, u32 number)
{
	struct block_device *bdev;
	sector_t sector;
	unsigned int i;

	bdev = diff_storage_locate(area->storage, number, &sector, NULL);
	for (i = 0; i < count; i++, sector += DIFF_BLOCK_SECTORS) {
		if (!store->bio || store->bdev != bdev || bio_end_sector(store->bio) != sector ||
		    store->bio->bi_vcnt == store->bio->bi_max_vecs)
			store_begin(area, store, bdev, sector);
		__bio_add_page(store->bio, area->slots.pages[copy->slots[from + i]], DIFF_BLOCK_SIZE, 0);
		copy->stored[from + i] = number + i;
		store->left--;
	}
}

static int store_copy(struct diff_area *area, struct store *store, struct copy *copy)
{
	unsigned int done = 0;
	u32 number, got;

	while (done < copy->count) {
		got = diff_storage_alloc(area->storage, copy->count - done, &number);
		if (!got)
			return -ENOSPC;
		store_run(area, store, copy, done, got, number);
		done += got;
	}
	return 0;
}

/* Marks the blocks of a batch that has been stored; then nobody looks into their slots. */
static void store_commit(struct diff_area *area, struct batch *batch)
{
	struct copy *copy;

	list_for_each_entry(copy, &batch->copies, link)
		chunk_change(&area->table, copy->first, copy->count, BLOCK_MEMORY, copy->slots,
			     BLOCK_STORED, copy->stored);
	/* See the head of this file. */
	raw_spin_lock_irq(&area->lock);
	raw_spin_unlock_irq(&area->lock);
}

static void store_work(struct work_struct *work)
{
	struct diff_area *area = container_of(work, struct diff_area, store_work);
	struct copy *copy, *next;
	struct blk_plug plug;
	struct store store;
	struct batch batch;
	unsigned int noio;
	int ret, failed;

	noio = memalloc_noio_save();
	for (;;) {
		batch_init(&batch);
		raw_spin_lock_irq(&area->lock);
		list_splice_init(&area->to_store, &batch.copies);
		raw_spin_unlock_irq(&area->lock);
		if (list_empty(&batch.copies))
			break;

		failed = 0;
		store = (struct store) { .area = area, .batch = &batch };
		list_for_each_entry(copy, &batch.copies, link)
			store.left += copy->count;
		blk_start_plug(&plug);
		list_for_each_entry(copy, &batch.copies, link) {
			failed = diff_area_error(area) ?: store_copy(area, &store, copy);
			if (failed)
				break;
		}
		store_submit(&store);
		blk_finish_plug(&plug);
		ret = batch_wait(&batch) ?: failed;
		if (ret && !diff_area_error(area))
			diff_area_fail_all(area, ret);
		/* A lost image needs no copies: their blocks are not looked at. */
		if (!ret)
			store_commit(area, &batch);
		list_for_each_entry_safe(copy, next, &batch.copies, link) {
			copy_free(area, copy);
			WRITE_ONCE(area->stored, area->stored + 1);
		}
		wake_up_all(&area->progress);
	}
	memalloc_noio_restore(noio);
}

void diff_store_wait(struct diff_area *area, unsigned long seen)
{
	/* The storage may fail for another area, which wakes nobody here. */
	while (!wait_event_idle_timeout(area->progress, READ_ONCE(area->stored) != seen ||
					diff_area_error(area), HZ))
		;
}

/*
 * Life
 */

int diff_store_init(struct diff_area *area)
{
	INIT_LIST_HEAD(&area->to_store);
	INIT_WORK(&area->store_work, store_work);
	area->store_wq = alloc_ordered_workqueue("blksnap-store-%u:%u", WQ_MEM_RECLAIM,
						 MAJOR(area->dev), MINOR(area->dev));
	if (!area->store_wq)
		return -ENOMEM;
	return bioset_init(&area->store_bios, STORE_RESERVE, 0, BIOSET_NEED_BVECS);
}

void diff_store_exit(struct diff_area *area)
{
	if (area->store_wq) {
		idle_flush_work(&area->store_work);
		destroy_workqueue(area->store_wq);
	}
	bioset_exit(&area->store_bios);
}
