// SPDX-License-Identifier: GPL-2.0
/*
 * Parking writes to the origin until their blocks are copied.
 *
 * The number of parked writes is bounded: if they cover more than parked_maximum, submitters have to wait
 * (blkfilter_may_keep()). The limit applies to each kind of writes, so that asynchronous writes leave
 * room for the others. Submitters that cannot be made to wait may exceed it. If the parked writes of all
 * devices thereby take more memory than PARKED_SHARE of the machine's, the snapshot is given up.
 *
 * So is the time: if a write is parked for longer than copy_timeout, for whatever reason, the snapshot is
 * given up and all writes are resubmitted. For operations without data the limit applies to each window,
 * since they can be of any size and no fsync waits for them. A timer checks it, so that it depends on no
 * worker that may be blocked itself.
 */
#include <linux/mm.h>
#include "diff_park.h"
#include "params.h"

static struct param parked_maximum = {
	.value = 64, .min = 1, .max = 65536,
};

PARAM(parked_maximum, "MiB that writes of one kind parked on a device cover before who submits more has to wait");

static struct param copy_timeout = {
	.value = 30, .min = 1, .max = 3600,
};

PARAM(copy_timeout, "seconds that a write may wait for being copied before the snapshot is given up");

/* Parked writes may take this part of the memory. */
#define PARKED_SHARE	16
/* Memory of the parked writes of all areas, in bytes. */
static atomic_long_t parked_memory = ATOMIC_LONG_INIT(0);

/* About how many blocks a write covers, one at least: what has to be copied for it. */
static long blocks_of(const struct bio *bio)
{
	return max(bio->bi_iter.bi_size / DIFF_BLOCK_SIZE, 1U);
}

/* About how much memory a parked write takes, without its data. */
static long memory_of(struct bio *bio, long blocks)
{
	return 2 * sizeof(struct bio) + (bio_has_data(bio) ? blocks * sizeof(struct bio_vec) : 0);
}

/* The limit of a queue, in blocks. */
static long queue_limit(void)
{
	return (long)param_value(&parked_maximum) << (20 - DIFF_BLOCK_SHIFT);
}

static bool memory_is_exceeded(void)
{
	unsigned long limit = totalram_pages() / PARKED_SHARE;

	return atomic_long_read(&parked_memory) >> PAGE_SHIFT > limit;
}

static bool queue_is_empty(const struct park_queue *queue)
{
	return queue->arrived == READ_ONCE(queue->departed);
}

/* Context: area->lock. */
static void queue_add(struct park_queue *queue, struct bio *bio)
{
	long blocks = blocks_of(bio);

	bio_list_add(&queue->bios, bio);
	queue->arrived++;
	atomic_long_add(blocks, &queue->blocks);
	atomic_long_add(memory_of(bio, blocks), &parked_memory);
}

void diff_park_remove(struct diff_area *area, struct park_queue *queue, struct bio *bio)
{
	long enough = queue_limit() * 3 / 4, blocks = blocks_of(bio);
	long left = atomic_long_sub_return(blocks, &queue->blocks);

	atomic_long_sub(memory_of(bio, blocks), &parked_memory);
	WRITE_ONCE(queue->departed, queue->departed + 1);
	/* Only when the limit is crossed, since this wakes all submitters. */
	if (unlikely(left < enough && left + blocks >= enough))
		blkfilter_wake(area->disk);
}

void diff_park_progress(struct diff_area *area, struct park_queue *queue)
{
	raw_spin_lock_irq(&area->lock);
	queue->arrived++;
	WRITE_ONCE(queue->departed, queue->departed + 1);
	raw_spin_unlock_irq(&area->lock);
}

static unsigned long timer_period(void)
{
	return param_value(&copy_timeout) * HZ / PARK_MARKS;
}

/* Context: area->lock. */
static void start_timer(struct diff_area *area)
{
	struct park_queue *queue;
	unsigned int i;

	for (queue = area->parked; queue < area->parked + PARK_KINDS; queue++)
		for (i = 0; i < PARK_MARKS; i++)
			queue->marks[i] = READ_ONCE(queue->departed);
	area->timer_armed = true;
	mod_timer(&area->park_timer, jiffies + timer_period());
}

/* Check the oldest mark, and set it anew. Return: whether a write from then is still parked. */
static bool queue_tick(struct park_queue *queue, unsigned int mark)
{
	bool late = (s32)(READ_ONCE(queue->departed) - queue->marks[mark]) < 0;

	queue->marks[mark] = queue->arrived;
	return late;
}

/*
 * park_timer_fn - check whether a write is parked for too long
 *
 * Writes leave a queue in the order in which they came, so they need no time stamps. Each tick notes how
 * many have arrived, and checks whether as many have departed as had arrived PARK_MARKS ticks ago. So a
 * late write is noticed a sixteenth of the time limit too late at most.
 */
static void park_timer_fn(struct timer_list *timer)
{
	struct diff_area *area = container_of(timer, struct diff_area, park_timer);
	struct park_queue *queue;
	unsigned long flags;
	bool late = false;

	raw_spin_lock_irqsave(&area->lock, flags);
	area->timer_armed = false;
	for (queue = area->parked; queue < area->parked + PARK_KINDS; queue++) {
		late |= queue_tick(queue, area->mark);
		area->timer_armed |= !queue_is_empty(queue);
	}
	area->mark = (area->mark + 1) % PARK_MARKS;
	if (area->timer_armed)
		mod_timer(timer, jiffies + timer_period());
	raw_spin_unlock_irqrestore(&area->lock, flags);
	if (late)
		diff_area_fail_all(area, -ETIMEDOUT);
}

enum blkfilter_verdict diff_area_park(struct diff_area *area, struct bio *bio)
{
	struct park_queue *queue = &area->parked[PARK_ASYNC];
	enum blkfilter_verdict verdict;
	unsigned long flags;

	if (diff_area_error(area))
		return BLKFILTER_PASS;
	/*
	 * Tasks wait for synchronous writes, for metadata when the log is full, and for memory. Write
	 * zeroes is always marked as synchronous, but can be as large as the disk. Discards are
	 * completed at once.
	 */
	if (bio_op(bio) == REQ_OP_WRITE) {
		if (op_is_sync(bio->bi_opf) || bio->bi_opf & (REQ_META | REQ_SWAP))
			queue = &area->parked[PARK_SYNC];
	} else if (bio_op(bio) != REQ_OP_DISCARD) {
		queue = &area->parked[PARK_ZEROES];
	}
	verdict = blkfilter_may_keep(bio, atomic_long_read(&queue->blocks) >= queue_limit());
	if (verdict == BLKFILTER_WAIT)
		return verdict;
	if (verdict == BLKFILTER_PASS || memory_is_exceeded()) {
		diff_area_fail_all(area, -ENOMEM);
		return BLKFILTER_PASS;
	}
	raw_spin_lock_irqsave(&area->lock, flags);
	queue_add(queue, bio);
	if (unlikely(!area->timer_armed))
		start_timer(area);
	queue_work(area->copy_wq, &area->copy_work);
	raw_spin_unlock_irqrestore(&area->lock, flags);
	return BLKFILTER_KEEP;
}

static noinline enum blkfilter_verdict write_range(struct diff_area *area, struct bio *bio,
						   u64 block, u64 last)
{
	last = min(last, diff_area_blocks(area) - 1);
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
	/* A block beyond the end of the image has no record, so the write is parked. */
	return likely(chunk_all_copied(&area->table, block, last)) ? BLKFILTER_PASS :
	       diff_area_park(area, bio);
}

void diff_park_init(struct diff_area *area)
{
	enum park_kind kind;

	for (kind = 0; kind < PARK_KINDS; kind++)
		bio_list_init(&area->parked[kind].bios);
	timer_setup(&area->park_timer, park_timer_fn, 0);
}

void diff_park_exit(struct diff_area *area)
{
	timer_delete_sync(&area->park_timer);
}
