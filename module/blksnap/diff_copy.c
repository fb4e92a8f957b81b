// SPDX-License-Identifier: GPL-2.0
/*
 * The copying of blocks before they are overwritten:
 *
 *   diff_area_write()		(diff_park.c) finds a block that is not copied, and parks the write
 *   diff_copy_work()		for all writes that are parked by then: reads their blocks into buffers
 *				(ORIGIN -> READING), waits for the reads, changes the states
 *				(READING -> MEMORY), resubmits the writes, and passes the copies to
 *   diff_writeback_work()	(diff_writeback.c) writes all copies that have come by then to the
 *				storage, waits, changes the states (MEMORY -> STORED), puts the buffers
 *
 * Each of the two is one worker for each device, and waits for a whole batch. Under load the batches grow
 * by themselves: what comes during a batch makes the next one.
 *
 * Memory is bounded by the number of buffers. When they are used up, the copy worker resubmits the writes
 * of its batch and waits until copies are stored. Thereby an operation that is larger than all buffers is
 * copied in windows, and between two windows the kinds of writes that precede it in enum park_kind are
 * copied. Records of blocks are allocated in addition. If one cannot be allocated, the image is given up,
 * never the write.
 */
#include <linux/highmem.h>
#include <linux/sched/mm.h>
#include "../idle.h"
#include "diff_batch.h"
#include "diff_copy.h"
#include "diff_park.h"
#include "diff_writeback.h"

/**
 * struct copy_request - a request to copy blocks, for a write to the image
 * @link: in &diff_area.copy_requests, then in a struct diff_batch
 * @first: first block
 * @count: number of blocks
 * @done: completed when the blocks are in memory, or the area has failed
 */
struct copy_request {
	struct list_head link;
	u64 first;
	u64 count;
	struct completion done;
};

/* The number of sectors of adjacent blocks. The last block of the device may be shorter. */
static unsigned int run_sectors(const struct diff_area *area, u64 first, u64 count)
{
	return min_t(u64, count * DIFF_BLOCK_SECTORS, area->capacity - first * DIFF_BLOCK_SECTORS);
}

static void copy_read_end(struct bio *bio)
{
	struct diff_copy *copy = container_of(bio, struct diff_copy, bio);

	diff_batch_put(copy->batch, bio->bi_status);
}

/* Read from the origin, with none of the attributes of the write: no FUA, no cgroup to be throttled in. */
static void copy_read(struct diff_area *area, struct diff_copy *copy)
{
	unsigned int left = run_sectors(area, copy->first, copy->count) << SECTOR_SHIFT;
	unsigned int i;

	bio_init(&copy->bio, area->origin, copy->vecs, COPY_BLOCKS, REQ_OP_READ | REQ_SYNC);
	copy->bio.bi_iter.bi_sector = copy->first * DIFF_BLOCK_SECTORS;
	copy->bio.bi_end_io = copy_read_end;
	for (i = 0; i < copy->count; i++) {
		struct page *page = area->buffers.pages[copy->buffers[i]];
		unsigned int len = min(left, DIFF_BLOCK_SIZE);

		/* The whole page is stored. */
		if (len < DIFF_BLOCK_SIZE)
			clear_highpage(page);
		__bio_add_page(&copy->bio, page, len, 0);
		left -= len;
	}
	list_add_tail(&copy->link, &copy->batch->copies);
	atomic_inc(&copy->batch->pending);
	submit_bio_noacct(&copy->bio);
}

/* Change the blocks of a copy that was read to MEMORY. */
static void copy_commit(struct diff_area *area, struct diff_copy *copy)
{
	chunk_change(&area->table, copy->first, copy->count, BLOCK_READING, copy->buffers,
		     BLOCK_MEMORY, copy->buffers);
	bio_uninit(&copy->bio);
}

/*
 * batch_finish - wait for the reads of a batch, resubmit its writes, and make it empty
 *
 * If a read has failed, the image is given up, and the writes are resubmitted nevertheless.
 */
static void batch_finish(struct diff_area *area, struct diff_batch *batch)
{
	struct copy_request *request, *next;
	struct diff_copy *copy;
	struct bio *bio;
	int ret;

	ret = diff_batch_wait(batch);
	if (ret)
		diff_area_fail(area, ret);
	list_for_each_entry(copy, &batch->copies, link)
		copy_commit(area, copy);
	/* First of all, because submitting the writes may sleep until the origin makes progress. */
	diff_writeback_queue(area, batch);
	list_for_each_entry_safe(request, next, &batch->requests, link)
		complete(&request->done);
	while ((bio = bio_list_pop(&batch->writes))) {
		diff_park_remove(area, batch->queue, bio);
		blkfilter_resubmit(bio);
	}
	diff_batch_init(batch);
}

/*
 * wait_for_buffers - complete the copies that are done, then wait for a buffer to be put
 *
 * Called when there is no memory for a copy. If all buffers are free afterwards, there is at least the
 * reserve, and no wait.
 */
static void wait_for_buffers(struct diff_area *area, struct diff_batch *batch)
{
	unsigned long seen = READ_ONCE(area->stored);
	/* Each buffer that is in use now is put with a copy that is counted after @seen. */
	bool coming = !diff_buffers_all_free(&area->buffers);

	batch_finish(area, batch);
	if (coming)
		diff_writeback_wait(area, seen);
}

/*
 * copy_run - copy adjacent blocks of one record in one state, ORIGIN or ZERO
 *
 * For ZERO blocks the buffers are cleared, and nothing is read.
 *
 * Return: number of blocks that are copied by this batch; -EAGAIN if there is no memory for one; another
 * negative errno if the image has to be given up.
 */
static int copy_run(struct diff_area *area, struct diff_batch *batch, u64 first, unsigned int count,
		    u32 state)
{
	u32 next = state == BLOCK_ZERO ? BLOCK_MEMORY : BLOCK_READING;
	struct diff_copy *copy;
	unsigned int i;
	int ret;

	copy = diff_copy_new(area);
	if (!copy)
		return -EAGAIN;
	copy->batch = batch;
	copy->first = first;
	copy->count = diff_buffers_get(&area->buffers, copy->buffers, count);
	for (i = 0; state == BLOCK_ZERO && i < copy->count; i++)
		clear_highpage(area->buffers.pages[copy->buffers[i]]);
	/* A block that becomes storage meanwhile keeps that state, and its copy is ignored. */
	ret = copy->count ? chunk_prepare_change(&area->table, first, copy->count, state, next, copy->buffers) :
			    -EAGAIN;
	if (ret) {
		diff_copy_free(area, copy);
		return ret;
	}
	if (state == BLOCK_ZERO) {
		bio_init(&copy->bio, NULL, NULL, 0, 0);
		list_add_tail(&copy->link, &batch->copies);
	} else {
		copy_read(area, copy);
	}
	return copy->count;
}

/*
 * copy_range - copy the blocks of a range that no batch has copied
 *
 * Return: true; false for want of memory. It is to be called again with the same *@block when there is
 * memory.
 */
static bool copy_range(struct diff_area *area, struct diff_batch *batch, u64 *block, u64 end,
		       bool for_image)
{
	u32 state;
	u64 run;
	int ret;

	end = min(round_up(end, area->granule), diff_area_blocks(area));
	*block = round_down(*block, area->granule);
	while (*block < end && !diff_area_error(area)) {
		run = min_t(u64, end - *block, min(COPY_BLOCKS, chunk_left(*block)));
		run = chunk_run(&area->table, *block, run, &state);
		if (state != BLOCK_ORIGIN && !(for_image && state == BLOCK_ZERO)) {
			*block += run;
			continue;
		}
		ret = copy_run(area, batch, *block, run, state);
		if (ret == -EAGAIN)
			return false;
		if (ret < 0)
			diff_area_fail(area, ret);
		else
			*block += ret;
	}
	return true;
}

/* Compute the blocks of a write, clipped to the image. */
static void write_blocks(const struct diff_area *area, struct bio *bio, u64 *block, u64 *end)
{
	sector_t origin = compat_part_start(compat_part_of(area->origin));
	sector_t first = compat_bio_start(bio);
	sector_t last = first + bio_sectors(bio) - origin;

	/* A write to the disk may begin before the partition, or end behind it. */
	first = max(first, origin) - origin;
	last = min(last, area->capacity);
	*block = first / DIFF_BLOCK_SECTORS;
	*end = first < last ? DIV_ROUND_UP_ULL(last, DIFF_BLOCK_SECTORS) : *block;
}

/* Copy the blocks of synchronous writes and of requests. Return: whether there were any. */
static bool copy_sync(struct diff_area *area)
{
	struct park_queue *queue = &area->parked[PARK_SYNC];
	struct copy_request *request, *next;
	struct bio_list writes;
	struct blk_plug plug;
	struct diff_batch batch;
	LIST_HEAD(requests);
	struct bio *bio;
	u64 block, end;

	raw_spin_lock_irq(&area->lock);
	writes = queue->bios;
	bio_list_init(&queue->bios);
	list_splice_init(&area->copy_requests, &requests);
	raw_spin_unlock_irq(&area->lock);
	if (bio_list_empty(&writes) && list_empty(&requests))
		return false;

	batch.queue = queue;
	diff_batch_init(&batch);
	blk_start_plug(&plug);
	while ((bio = bio_list_pop(&writes))) {
		write_blocks(area, bio, &block, &end);
		while (!copy_range(area, &batch, &block, end, false))
			wait_for_buffers(area, &batch);
		bio_list_add(&batch.writes, bio);
	}
	list_for_each_entry_safe(request, next, &requests, link) {
		block = request->first;
		end = request->first + request->count;
		while (!copy_range(area, &batch, &block, end, true))
			wait_for_buffers(area, &batch);
		list_move_tail(&request->link, &batch.requests);
	}
	blk_finish_plug(&plug);
	batch_finish(area, &batch);
	return true;
}

/*
 * copy_kind - copy the blocks of writes of another kind
 *
 * They can be many and large. Whenever the buffers are used up, the kinds that precede this one are copied
 * first.
 *
 * Return: whether there were any.
 */
static bool copy_kind(struct diff_area *area, enum park_kind kind)
{
	struct park_queue *queue = &area->parked[kind];
	struct bio_list writes;
	struct blk_plug plug;
	struct diff_batch batch;
	struct bio *bio;
	u64 block, end;

	raw_spin_lock_irq(&area->lock);
	writes = queue->bios;
	bio_list_init(&queue->bios);
	raw_spin_unlock_irq(&area->lock);
	if (bio_list_empty(&writes))
		return false;

	batch.queue = queue;
	diff_batch_init(&batch);
	blk_start_plug(&plug);
	while ((bio = bio_list_pop(&writes))) {
		/* A discard is advice, and not worth the storage of the copy. */
		if (bio_op(bio) == REQ_OP_DISCARD) {
			diff_park_remove(area, queue, bio);
			bio_endio(bio);
			continue;
		}
		write_blocks(area, bio, &block, &end);
		while (!copy_range(area, &batch, &block, end, false)) {
			bool copied = !list_empty(&batch.copies);

			wait_for_buffers(area, &batch);
			/* Without progress, the preceding kinds could use all buffers for ever. */
			if (copied) {
				copy_sync(area);
				if (kind == PARK_ZEROES) {
					diff_park_progress(area, queue);
					copy_kind(area, PARK_ASYNC);
				}
			}
		}
		bio_list_add(&batch.writes, bio);
	}
	blk_finish_plug(&plug);
	batch_finish(area, &batch);
	return true;
}

void diff_copy_work(struct work_struct *work)
{
	struct diff_area *area = container_of(work, struct diff_area, copy_work);
	unsigned int noio;
	bool more;

	noio = memalloc_noio_save();
	do {
		more = copy_sync(area);
		more |= copy_kind(area, PARK_ASYNC);
		more |= copy_kind(area, PARK_ZEROES);
	} while (more);
	memalloc_noio_restore(noio);
}

/* Compute the blocks that are completely inside of a range. The last block may be shorter. */
static void enclosed_blocks(const struct diff_area *area, sector_t sector, sector_t count,
			    u64 *first, u64 *end)
{
	*first = DIV_ROUND_UP_ULL(sector, DIFF_BLOCK_SECTORS);
	*end = sector + count < area->capacity ? (sector + count) / DIFF_BLOCK_SECTORS :
	       diff_area_blocks(area);
}

int diff_area_prepare_storage(struct diff_area *area, sector_t sector, sector_t count)
{
	u64 block, end, run;
	int ret;

	enclosed_blocks(area, sector, count, &block, &end);
	for (; block < end; block += run) {
		run = end - block;
		ret = chunk_prepare(&area->table, block, &run);
		if (ret)
			return ret;
	}
	return 0;
}

void diff_area_use_as_storage(struct diff_area *area, sector_t sector, sector_t count)
{
	u64 block, end, run;

	enclosed_blocks(area, sector, count, &block, &end);
	for (; block < end; block += run) {
		run = end - block;
		/* The device was smaller when the range was prepared. */
		if (!chunk_set_zero(&area->table, block, &run))
			diff_area_fail(area, -ESTALE);
		cond_resched();
	}
}

static bool all_stored(struct diff_area *area, u64 first, u64 count)
{
	while (count--)
		if (!block_is_stored(chunk_state(&area->table, first++)))
			return false;
	return true;
}

/* Whether no block waits to be stored any more, or the area has failed. */
static bool none_in_memory(struct diff_area *area, u64 first, u64 count)
{
	while (count--)
		if (block_is_in_memory(chunk_state(&area->table, first++)))
			return diff_area_error(area);
	return true;
}

int diff_area_make_writable(struct diff_area *area, sector_t sector, sector_t count)
{
	u64 first = sector / DIFF_BLOCK_SECTORS;
	u64 blocks = DIV_ROUND_UP_ULL(sector + count, DIFF_BLOCK_SECTORS) - first;
	struct copy_request request = { .first = first, .count = blocks };

	/* Again, if a block has become storage meanwhile. */
	while (!diff_area_error(area) && !all_stored(area, first, blocks)) {
		init_completion(&request.done);
		raw_spin_lock_irq(&area->lock);
		list_add_tail(&request.link, &area->copy_requests);
		raw_spin_unlock_irq(&area->lock);
		queue_work(area->copy_wq, &area->copy_work);
		idle_wait_for_completion(&request.done);
		wait_event_idle(area->progress, none_in_memory(area, first, blocks));
	}
	return diff_area_error(area);
}

