// SPDX-License-Identifier: GPL-2.0
/*
 * How a write is let through:
 *
 *   diff_area_write()   finds a block that is not copied yet and parks the write
 *   copy_work()         for all writes that are parked by now: reads their blocks into
 *                       slots (ORIGIN -> READING), waits for the reads, marks the blocks
 *                       (READING -> MEMORY), lets the writes go on, and hands the copies to
 *   store_work()        in diff_store.c: writes all copies that have come by now to the
 *                       storage, waits, marks the blocks (MEMORY -> STORED), frees the slots
 *
 * Each of the two is one worker for a device, and waits for a whole batch: under load the
 * batches grow by themselves. What comes while a batch is under way makes the next one.
 *
 * Memory is bounded: a device has so many slots; when they are used up copy_work() lets
 * the writes of its batch go and waits for copies to be stored. An operation larger than
 * all slots is thereby copied in windows, and between two windows the kinds of writes that come
 * before it in enum write_kind go first. Records of blocks come on top of that; failing to get
 * memory for one gives up the image, never the write.
 *
 * So is what is parked: whoever submits more than parked_maximum has to wait (blkfilter_may_keep()).
 * The bound is for each kind of writes, so that who writes without waiting leaves room for the
 * others. Who cannot be made to wait can get past it. If the writes that are parked on all devices
 * thereby take up more memory than PARKED_SHARE of the machine's, the snapshot is given up.
 *
 * And so is time: if a write is parked for longer than copy_timeout, for whatever reason, the
 * snapshot is given up and all writes go on. For operations without data it is the time for a
 * window, since they may be of any size, and no fsync waits for them. check_patience() looks after
 * that, in a timer, so that it depends on no worker that may wait itself.
 *
 * After a failure (diff_area_error()) nothing is copied or stored any more; blocks stay in
 * whatever state they were. Reads of the image look at the error after they have got their
 * data, and writes to the origin are let through only after the error was set.
 */
#include <linux/highmem.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "../idle.h"
#include "diff_area.h"
#include "diff_store.h"
#include "params.h"

/* No device may have more slots: 16 MiB. */
#define MAX_SLOTS	4096U

static struct param free_diff_buffer_pool_size = {
	.value = 128, .min = 1, .max = MAX_SLOTS,
};

PARAM(free_diff_buffer_pool_size, "pages that a device of a snapshot has in reserve for copying");

static struct param parked_maximum = {
	.value = 64, .min = 1, .max = 65536,
};

PARAM(parked_maximum, "MiB that writes of one kind parked on a device cover before who submits more has to wait");

static struct param copy_timeout = {
	.value = 30, .min = 1, .max = 3600,
};

PARAM(copy_timeout, "seconds that a write may wait for being copied before the snapshot is given up");

/* All that is parked may take up this part of the memory. */
#define PARKED_SHARE	16
/* Of that, in bytes. */
static atomic_long_t parked_memory = ATOMIC_LONG_INIT(0);

/**
 * struct wish - somebody wants blocks copied
 * @link: in diff_area::wanted, then in struct batch
 * @first: the first block
 * @count: how many
 * @done: completed when they are in memory, or the area has failed
 */
struct wish {
	struct list_head link;
	u64 first;
	u64 count;
	struct completion done;
};

static u64 area_blocks(const struct diff_area *area)
{
	return DIV_ROUND_UP_ULL(area->capacity, DIFF_BLOCK_SECTORS);
}

/* Sectors of a run of blocks; the last block of the device may not be a whole one. */
static unsigned int run_sectors(const struct diff_area *area, u64 first, u64 count)
{
	return min_t(u64, count * DIFF_BLOCK_SECTORS, area->capacity - first * DIFF_BLOCK_SECTORS);
}

int diff_area_error(const struct diff_area *area)
{
	return diff_storage_error(area->storage) ?: READ_ONCE(area->error);
}

static void kick(struct diff_area *area)
{
	wake_up_all(&area->progress);
	queue_work(area->copy_wq, &area->copy_work);
	blkfilter_wake(area->disk);
}

void diff_area_fail(struct diff_area *area, int error)
{
	if (cmpxchg(&area->error, 0, error))
		return;
	if (error != -ESHUTDOWN) {
		pr_err("image of [%u:%u] is lost (error %d)\n", MAJOR(area->dev),
		       MINOR(area->dev), error);
		if (!diff_storage_error(area->storage))
			event_queue_corrupted(&area->storage->events, &area->corrupted_event,
					      area->dev, error);
	}
	kick(area);
}

void diff_area_fail_all(struct diff_area *area, int error)
{
	diff_storage_fail(area->storage, area->dev, error);
	kick(area);
}

/*
 * What is parked
 */

/* About how many blocks a write covers, one at least: that is what has to be copied for it. */
static long blocks_of(const struct bio *bio)
{
	return max(bio->bi_iter.bi_size / DIFF_BLOCK_SIZE, 1U);
}

/* About what a parked write of so many blocks takes up itself; its data is somebody else's. */
static long memory_of(struct bio *bio, long blocks)
{
	return 2 * sizeof(struct bio) + (bio_has_data(bio) ? blocks * sizeof(struct bio_vec) : 0);
}

static long queue_limit(void)
{
	return (long)param_value(&parked_maximum) << (20 - DIFF_BLOCK_SHIFT);
}

static bool too_much_is_parked(void)
{
	unsigned long limit = totalram_pages() / PARKED_SHARE;

	return atomic_long_read(&parked_memory) >> PAGE_SHIFT > limit;
}

static bool queue_is_empty(const struct write_queue *queue)
{
	return queue->came == READ_ONCE(queue->gone);
}

/* Called with the area's lock held. */
static void queue_add(struct write_queue *queue, struct bio *bio)
{
	long blocks = blocks_of(bio);

	bio_list_add(&queue->bios, bio);
	queue->came++;
	atomic_long_add(blocks, &queue->blocks);
	atomic_long_add(memory_of(bio, blocks), &parked_memory);
}

/* queue_remove - a write that a batch has taken is going on. In the copy worker. */
static void queue_remove(struct diff_area *area, struct write_queue *queue, struct bio *bio)
{
	long enough = queue_limit() * 3 / 4, blocks = blocks_of(bio);
	long left = atomic_long_sub_return(blocks, &queue->blocks);

	atomic_long_sub(memory_of(bio, blocks), &parked_memory);
	WRITE_ONCE(queue->gone, queue->gone + 1);
	/* Once in a while: all who wait for room are woken. */
	if (unlikely(left < enough && left + blocks >= enough))
		blkfilter_wake(area->disk);
}

/* queue_progress - a part of the first write has been copied. In the copy worker. */
static void queue_progress(struct diff_area *area, struct write_queue *queue)
{
	raw_spin_lock_irq(&area->lock);
	queue->came++;
	WRITE_ONCE(queue->gone, queue->gone + 1);
	raw_spin_unlock_irq(&area->lock);
}

/* Called with the area's lock held. */
static void start_clock(struct diff_area *area)
{
	struct write_queue *queue;
	unsigned int i;

	for (queue = area->writes; queue < area->writes + write_kinds; queue++)
		for (i = 0; i < WRITE_MARKS; i++)
			queue->marks[i] = READ_ONCE(queue->gone);
	area->ticking = true;
	mod_timer(&area->clock, jiffies + param_value(&copy_timeout) * HZ / WRITE_MARKS);
}

/* Looks at the oldest mark, makes the newest. Return: whether a write from then is still there. */
static bool queue_tick(struct write_queue *queue, unsigned int mark)
{
	bool late = (s32)(READ_ONCE(queue->gone) - queue->marks[mark]) < 0;

	queue->marks[mark] = queue->came;
	return late;
}

/*
 * Whether a write waits for longer than it may. That is found out without a time for each of them,
 * since they go in the order they came: at each tick is noted how many have come, and looked
 * whether so many have gone as had come WRITE_MARKS ticks ago. So it is noticed at the latest a
 * sixteenth of the time too late.
 */
static void check_patience(struct timer_list *timer)
{
	struct diff_area *area = container_of(timer, struct diff_area, clock);
	struct write_queue *queue;
	unsigned long flags;
	bool late = false;

	raw_spin_lock_irqsave(&area->lock, flags);
	area->ticking = false;
	for (queue = area->writes; queue < area->writes + write_kinds; queue++) {
		late |= queue_tick(queue, area->mark);
		area->ticking |= !queue_is_empty(queue);
	}
	area->mark = (area->mark + 1) % WRITE_MARKS;
	if (area->ticking)
		mod_timer(timer, jiffies + param_value(&copy_timeout) * HZ / WRITE_MARKS);
	raw_spin_unlock_irqrestore(&area->lock, flags);
	if (late)
		diff_area_fail_all(area, -ETIMEDOUT);
}

/*
 * Copying
 */

static void copy_read_end(struct bio *bio)
{
	struct copy *copy = container_of(bio, struct copy, bio);

	batch_put(copy->batch, bio->bi_status);
}

/* The read carries nothing of the write but its sectors: no FUA, no cgroup to be held up in. */
static void copy_read(struct diff_area *area, struct copy *copy)
{
	unsigned int left = run_sectors(area, copy->first, copy->count) << SECTOR_SHIFT;
	unsigned int i;

	bio_init(&copy->bio, area->origin, copy->vecs, COPY_BLOCKS, REQ_OP_READ | REQ_SYNC);
	copy->bio.bi_iter.bi_sector = copy->first * DIFF_BLOCK_SECTORS;
	copy->bio.bi_end_io = copy_read_end;
	for (i = 0; i < copy->count; i++) {
		struct page *page = area->slots.pages[copy->slots[i]];
		unsigned int len = min(left, DIFF_BLOCK_SIZE);

		/* All of it will be stored. */
		if (len < DIFF_BLOCK_SIZE)
			clear_highpage(page);
		__bio_add_page(&copy->bio, page, len, 0);
		left -= len;
	}
	list_add_tail(&copy->link, &copy->batch->copies);
	atomic_inc(&copy->batch->pending);
	submit_bio_noacct(&copy->bio);
}

/* Marks the blocks of a copy that has been read. */
static void copy_commit(struct diff_area *area, struct copy *copy)
{
	chunk_change(&area->table, copy->first, copy->count, BLOCK_READING, copy->slots,
		     BLOCK_MEMORY, copy->slots);
	bio_uninit(&copy->bio);
}

/*
 * batch_finish - wait for the reads of a batch, let its writes go on; leaves it empty.
 *
 * If a read failed the image is given up: the writes go on all the same.
 */
static void batch_finish(struct diff_area *area, struct batch *batch)
{
	struct wish *wish, *next;
	struct copy *copy;
	struct bio *bio;
	int ret;

	ret = batch_wait(batch);
	if (ret)
		diff_area_fail(area, ret);
	list_for_each_entry(copy, &batch->copies, link)
		copy_commit(area, copy);
	/* Submitting may wait for the origin; neither the storage nor the image has to. */
	diff_store_queue(area, batch);
	list_for_each_entry_safe(wish, next, &batch->wishes, link)
		complete(&wish->done);
	while ((bio = bio_list_pop(&batch->writes))) {
		queue_remove(area, batch->queue, bio);
		blkfilter_resubmit(bio);
	}
	batch_init(batch);
}

/*
 * No memory for a copy: let go what is complete, then wait for memory to come back. If all of
 * it is back already, by now there is at least what the pools have in reserve.
 */
static void make_room(struct diff_area *area, struct batch *batch)
{
	unsigned long seen = READ_ONCE(area->stored);
	/* Every slot that is taken now comes back with a copy that is counted after @seen. */
	bool coming = !slots_all_free(&area->slots);

	batch_finish(area, batch);
	if (coming)
		diff_store_wait(area, seen);
}

/*
 * copy_run - copy adjacent blocks with the same record that are in one state, ORIGIN or ZERO. Those
 * of zeros are in memory at once.
 *
 * Return: how many blocks were dealt with, -EAGAIN when there was no memory for one, or another
 * error.
 */
static int copy_run(struct diff_area *area, struct batch *batch, u64 first, unsigned int count,
		    u32 state)
{
	u32 next = state == BLOCK_ZERO ? BLOCK_MEMORY : BLOCK_READING;
	struct copy *copy;
	unsigned int i;
	int ret;

	copy = copy_new(area);
	if (!copy)
		return -EAGAIN;
	copy->batch = batch;
	copy->first = first;
	copy->count = slots_get(&area->slots, copy->slots, count);
	for (i = 0; state == BLOCK_ZERO && i < copy->count; i++)
		clear_highpage(area->slots.pages[copy->slots[i]]);
	/* One that becomes storage at this moment is not changed; its copy is of no use, and no harm. */
	ret = copy->count ? chunk_take(&area->table, first, copy->count, state, next, copy->slots) :
			    -EAGAIN;
	if (ret) {
		copy_free(area, copy);
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
 * copy_range - have blocks copied by this batch, or by those before it
 *
 * Return: true; false for want of memory: then it goes on at *@block when there is room.
 */
static bool copy_range(struct diff_area *area, struct batch *batch, u64 *block, u64 end,
		       bool for_image)
{
	u32 state;
	u64 run;
	int ret;

	end = min(round_up(end, area->granule), area_blocks(area));
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

/* The blocks of a write; cut down to the image. */
static void write_blocks(const struct diff_area *area, struct bio *bio, u64 *block, u64 *end)
{
	sector_t origin = compat_part_start(compat_part_of(area->origin));
	sector_t first = compat_bio_start(bio);
	sector_t last = first + bio_sectors(bio) - origin;

	/* It may begin before the device, or end behind it, if it came through the disk. */
	first = max(first, origin) - origin;
	last = min(last, area->capacity);
	*block = first / DIFF_BLOCK_SECTORS;
	*end = first < last ? DIV_ROUND_UP_ULL(last, DIFF_BLOCK_SECTORS) : *block;
}

/* copy_awaited - copies for what somebody waits for. Return: whether there was anything. */
static bool copy_awaited(struct diff_area *area)
{
	struct write_queue *queue = &area->writes[write_awaited];
	struct wish *wish, *next;
	struct bio_list writes;
	struct blk_plug plug;
	struct batch batch;
	LIST_HEAD(wishes);
	struct bio *bio;
	u64 block, end;

	raw_spin_lock_irq(&area->lock);
	writes = queue->bios;
	bio_list_init(&queue->bios);
	list_splice_init(&area->wanted, &wishes);
	raw_spin_unlock_irq(&area->lock);
	if (bio_list_empty(&writes) && list_empty(&wishes))
		return false;

	batch.queue = queue;
	batch_init(&batch);
	blk_start_plug(&plug);
	while ((bio = bio_list_pop(&writes))) {
		write_blocks(area, bio, &block, &end);
		while (!copy_range(area, &batch, &block, end, false))
			make_room(area, &batch);
		bio_list_add(&batch.writes, bio);
	}
	list_for_each_entry_safe(wish, next, &wishes, link) {
		block = wish->first;
		end = wish->first + wish->count;
		while (!copy_range(area, &batch, &block, end, true))
			make_room(area, &batch);
		list_move_tail(&wish->link, &batch.wishes);
	}
	blk_finish_plug(&plug);
	batch_finish(area, &batch);
	return true;
}

/*
 * copy_others - copies for writes of another kind, which may be many and large: the kinds before go
 * first again whenever some of them were copied and there is no room for more.
 *
 * Return: whether there was any.
 */
static bool copy_others(struct diff_area *area, enum write_kind kind)
{
	struct write_queue *queue = &area->writes[kind];
	struct bio_list writes;
	struct blk_plug plug;
	struct batch batch;
	struct bio *bio;
	u64 block, end;

	raw_spin_lock_irq(&area->lock);
	writes = queue->bios;
	bio_list_init(&queue->bios);
	raw_spin_unlock_irq(&area->lock);
	if (bio_list_empty(&writes))
		return false;

	batch.queue = queue;
	batch_init(&batch);
	blk_start_plug(&plug);
	while ((bio = bio_list_pop(&writes))) {
		/* Advice, and not worth the space that the copy would take. */
		if (bio_op(bio) == REQ_OP_DISCARD) {
			queue_remove(area, queue, bio);
			bio_endio(bio);
			continue;
		}
		write_blocks(area, bio, &block, &end);
		while (!copy_range(area, &batch, &block, end, false)) {
			bool copied = !list_empty(&batch.copies);

			make_room(area, &batch);
			/* Those that keep coming would take all room each time. */
			if (copied) {
				copy_awaited(area);
				if (kind == write_zeroing) {
					queue_progress(area, queue);
					copy_others(area, write_other);
				}
			}
		}
		bio_list_add(&batch.writes, bio);
	}
	blk_finish_plug(&plug);
	batch_finish(area, &batch);
	return true;
}

static void copy_work(struct work_struct *work)
{
	struct diff_area *area = container_of(work, struct diff_area, copy_work);
	unsigned int noio;
	bool more;

	noio = memalloc_noio_save();
	do {
		more = copy_awaited(area);
		more |= copy_others(area, write_other);
		more |= copy_others(area, write_zeroing);
	} while (more);
	memalloc_noio_restore(noio);
}

/*
 * Writes to the origin
 */

enum blkfilter_verdict diff_area_park(struct diff_area *area, struct bio *bio)
{
	struct write_queue *queue = &area->writes[write_other];
	enum blkfilter_verdict verdict;
	unsigned long flags;

	if (diff_area_error(area))
		return BLKFILTER_PASS;
	/*
	 * Somebody waits for what is marked as synchronous, for metadata when the log is full, and
	 * for memory. But write zeroes, always marked, may be as large as the disk. Discards are ended
	 * at once.
	 */
	if (bio_op(bio) == REQ_OP_WRITE) {
		if (op_is_sync(bio->bi_opf) || bio->bi_opf & (REQ_META | REQ_SWAP))
			queue = &area->writes[write_awaited];
	} else if (bio_op(bio) != REQ_OP_DISCARD) {
		queue = &area->writes[write_zeroing];
	}
	verdict = blkfilter_may_keep(bio, atomic_long_read(&queue->blocks) >= queue_limit());
	if (verdict == BLKFILTER_WAIT)
		return verdict;
	if (verdict == BLKFILTER_PASS || too_much_is_parked()) {
		diff_area_fail_all(area, -ENOMEM);
		return BLKFILTER_PASS;
	}
	raw_spin_lock_irqsave(&area->lock, flags);
	queue_add(queue, bio);
	if (unlikely(!area->ticking))
		start_clock(area);
	queue_work(area->copy_wq, &area->copy_work);
	raw_spin_unlock_irqrestore(&area->lock, flags);
	return BLKFILTER_KEEP;
}

static noinline enum blkfilter_verdict write_range(struct diff_area *area, struct bio *bio,
						   u64 block, u64 last)
{
	last = min(last, area_blocks(area) - 1);
	return chunk_range_copied(&area->table, block, last) ? BLKFILTER_PASS :
	       diff_area_park(area, bio);
}

enum blkfilter_verdict diff_area_write(struct diff_area *area, struct bio *bio, sector_t sector,
				       sector_t count)
{
	u64 block = sector / DIFF_BLOCK_SECTORS;
	u64 last = (sector + count - 1) / DIFF_BLOCK_SECTORS;

	if ((block ^ last) >= RECORD_BLOCKS)
		return write_range(area, bio, block, last);
	/* What is behind the end of the image has no record. */
	return likely(chunk_all_copied(&area->table, block, last)) ? BLKFILTER_PASS :
	       diff_area_park(area, bio);
}

/* The blocks that lie inside of sectors as a whole; the last one of the device need not be. */
static void whole_blocks(const struct diff_area *area, sector_t sector, sector_t count,
			 u64 *first, u64 *end)
{
	*first = DIV_ROUND_UP_ULL(sector, DIFF_BLOCK_SECTORS);
	*end = sector + count < area->capacity ? (sector + count) / DIFF_BLOCK_SECTORS :
	       area_blocks(area);
}

int diff_area_prepare_storage(struct diff_area *area, sector_t sector, sector_t count)
{
	u64 block, end, run;
	int ret;

	whole_blocks(area, sector, count, &block, &end);
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

	whole_blocks(area, sector, count, &block, &end);
	for (; block < end; block += run) {
		run = end - block;
		/* It was a smaller device when that was prepared. */
		if (!chunk_set_zero(&area->table, block, &run))
			diff_area_fail(area, -ESTALE);
		cond_resched();
	}
}

/*
 * Writes to the image
 */

static bool all_stored(struct diff_area *area, u64 first, u64 count)
{
	while (count--)
		if (!block_is_stored(chunk_get(&area->table, first++)))
			return false;
	return true;
}

/* none_on_the_way - whether no block waits for the storage any more, or all is lost */
static bool none_on_the_way(struct diff_area *area, u64 first, u64 count)
{
	while (count--)
		if (block_is_in_memory(chunk_get(&area->table, first++)))
			return diff_area_error(area);
	return true;
}

int diff_area_make_writable(struct diff_area *area, sector_t sector, sector_t count)
{
	u64 first = sector / DIFF_BLOCK_SECTORS;
	u64 blocks = DIV_ROUND_UP_ULL(sector + count, DIFF_BLOCK_SECTORS) - first;
	struct wish wish = { .first = first, .count = blocks };

	/* Again if a block has become storage in between. */
	while (!diff_area_error(area) && !all_stored(area, first, blocks)) {
		init_completion(&wish.done);
		raw_spin_lock_irq(&area->lock);
		list_add_tail(&wish.link, &area->wanted);
		raw_spin_unlock_irq(&area->lock);
		queue_work(area->copy_wq, &area->copy_work);
		idle_wait_for_completion(&wish.done);
		wait_event_idle(area->progress, none_on_the_way(area, first, blocks));
	}
	return diff_area_error(area);
}

/*
 * Life
 */

static int init_memory(struct diff_area *area)
{
	unsigned int reserve = param_value(&free_diff_buffer_pool_size);
	int ret;

	ret = chunk_table_init(&area->table, area->capacity);
	if (ret)
		return ret;
	ret = slots_init(&area->slots,
			 clamp(chunk_queue_limit(&area->table), reserve, MAX_SLOTS), reserve);
	if (ret)
		return ret;
	return copies_init(area);
}

static void free_memory(struct diff_area *area)
{
	copies_exit(area);
	slots_exit(&area->slots);
	chunk_table_exit(&area->table);
}

static int init_worker(struct diff_area *area)
{
	area->copy_wq = alloc_ordered_workqueue("blksnap-copy-%u:%u", WQ_MEM_RECLAIM,
						MAJOR(area->dev), MINOR(area->dev));
	return area->copy_wq ? 0 : -ENOMEM;
}

struct diff_area *diff_area_new(struct block_device *origin, struct diff_storage *storage)
{
	struct diff_area *area = kzalloc(sizeof(*area), GFP_KERNEL);
	enum write_kind kind;
	int ret;

	if (!area)
		return ERR_PTR(-ENOMEM);
	area->origin = origin;
	area->disk = origin->bd_disk;
	area->dev = origin->bd_dev;
	area->capacity = bdev_nr_sectors(origin);
	area->diskseq = compat_diskseq(origin->bd_disk);
	area->block_size = bdev_logical_block_size(origin);
	area->physical_block_size = bdev_physical_block_size(origin);
	area->granule = max(area->physical_block_size / DIFF_BLOCK_SIZE, 1U);
	area->storage = storage;
	raw_spin_lock_init(&area->lock);
	for (kind = 0; kind < write_kinds; kind++)
		bio_list_init(&area->writes[kind].bios);
	INIT_LIST_HEAD(&area->wanted);
	timer_setup(&area->clock, check_patience, 0);
	INIT_WORK(&area->copy_work, copy_work);
	init_waitqueue_head(&area->progress);
	queued_event_init(&area->corrupted_event);

	ret = init_memory(area) ?: init_worker(area) ?: diff_store_init(area);
	if (ret) {
		diff_area_free(area);
		return ERR_PTR(ret);
	}
	return area;
}

static void put_reader(struct diff_area *area)
{
	if (atomic_dec_and_test(&area->readers) && unlikely(diff_area_error(area)))
		wake_up_all(&area->progress);
}

bool diff_area_get_origin(struct diff_area *area)
{
	atomic_inc(&area->readers);
	smp_mb__after_atomic(); /* pairs with diff_area_leave_origin(): count, then look */
	if (likely(!diff_area_error(area)))
		return true;
	put_reader(area);
	return false;
}

void diff_area_put_origin(struct diff_area *area)
{
	/* A loop device has its sequence number changed before its new file is read. */
	if (unlikely(bdev_nr_sectors(area->origin) != area->capacity ||
		     compat_diskseq(area->origin->bd_disk) != area->diskseq))
		diff_area_fail(area, -ESTALE);
	put_reader(area);
}

void diff_area_leave_origin(struct diff_area *area)
{
	smp_mb(); /* the error was set before, see diff_area_get_origin() */
	idle_flush_work(&area->copy_work);
	wait_event_idle(area->progress, !atomic_read(&area->readers));
}

void diff_area_free(struct diff_area *area)
{
	/* A store that fails wakes the copy worker, which has nothing to store any more. */
	diff_store_exit(area);
	/* No write is left that it would tick for. */
	timer_delete_sync(&area->clock);
	if (area->copy_wq)
		destroy_workqueue(area->copy_wq);
	event_queue_drop(&area->storage->events, &area->corrupted_event);
	free_memory(area);
	kfree(area);
}
