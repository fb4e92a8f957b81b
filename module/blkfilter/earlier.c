// SPDX-License-Identifier: GPL-2.0
/*
 * Waits for writes that were submitted to a device before the filter on it could see them, so that all
 * changes from the end of an attach on are tracked. Newer writes are submitted meanwhile, and the filter
 * is called for them; they are delayed for moments only. There are three steps:
 *
 * 1. A task that looked for filters before the attachment was in the table, or had passed the hook before
 *    it was installed, gets to the queue, or sleeps on the way: an RCU tasks grace period. A task that
 *    keeps a CPU in the kernel makes it last for seconds. A task that sleeps may wait for a frozen queue:
 *    none may wait for this one. Or it is in the submission to an upper device, and has bios for this one
 *    in current->bio_list: see submitters.c.
 * 2. The queue must be empty once. Then requests have completed, and bios have reached a bio-based driver.
 *    To find out, the queue is frozen. Its usage counter is switched to atomic mode before, so that freezing
 *    an idle queue takes no RCU grace period. What is submitted meanwhile waits. So if something else than a
 *    write does not complete, the queue is unfrozen soon and tried again later, for longer: a read in
 *    flight must not delay writes. While the driver has writes the queue stays frozen, since new ones could
 *    come for ever.
 * 3. The I/O accounting of a bio-based driver must show no write in flight. A driver that does not account
 *    for a read is refused (some personalities of md, and devices with queue/iostats 0), except brd, which
 *    ends all I/O during its submission. If there are many writes, new ones are held at the gate. NVMe
 *    multipath accounts for nothing before Linux 6.3, and later not for what waits in the queue of a path.
 *    There the queue of each path must be empty once; what is sent to another path passes the hook again.
 *
 * The caller holds attachment->op_lock, so nobody uses the filter before this is complete. The removal of
 * the device waits for that lock, but sets @removing first, which ends all waits here.
 */
#include <linux/blk-mq.h>
#include <linux/major.h>
#include <linux/percpu-refcount.h>
#include <linux/refcount.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include "blkfilter.h"

/* Limits for all of it, and for what follows the grace period. Then the attach fails. */
#define EARLIER_TIMEOUT	(120 * HZ)
#define DRAIN_TIMEOUT	(30 * HZ)
/* The longest time for which one wait delays new writes. */
#define HOLD_TIMEOUT	(10 * HZ)
/* How long the queue is frozen first, and at most, if something else than a write does not complete. */
#define FIRST_SLICE	DIV_ROUND_UP(HZ, 100)
#define LAST_SLICE	(HZ / 2)

struct wait {
	struct blkfilter_attachment *att;
	unsigned long deadline;
};

/* Check for a reason to stop waiting. Return: the error, or 0. */
static int give_up(const struct wait *wait)
{
	if (READ_ONCE(wait->att->removing))
		return -ENODEV;
	if (fatal_signal_pending(current))
		return -EINTR;
	return time_after(jiffies, wait->deadline) ? -EBUSY : 0;
}

static int pause_for(const struct wait *wait, unsigned long pause)
{
	unsigned long end = jiffies + pause;
	int ret;

	do {
		schedule_timeout_idle(1);
		ret = give_up(wait);
	} while (!ret && time_before(jiffies, end));
	return ret;
}

/* struct grace - an RCU tasks grace period. @ref: one for the callback, one for the waiter */
struct grace {
	struct rcu_head rcu;
	refcount_t ref;
	bool over;
};

static void grace_put(struct grace *grace)
{
	if (refcount_dec_and_test(&grace->ref))
		kfree(grace);
}

static void grace_over(struct rcu_head *rcu)
{
	struct grace *grace = container_of(rcu, struct grace, rcu);

	smp_store_release(&grace->over, true); /* pairs with wait_for_tasks() */
	grace_put(grace);
}

/* synchronize_rcu_tasks() with a deadline. */
static int wait_for_tasks(const struct wait *wait)
{
	struct grace *grace = kmalloc(sizeof(*grace), GFP_KERNEL);
	int ret = 0;

	if (!grace)
		return -ENOMEM;
	refcount_set(&grace->ref, 2);
	grace->over = false;
	call_rcu_tasks(&grace->rcu, grace_over);
	/* Acquire: what follows is ordered after the grace period. */
	while (!ret && !smp_load_acquire(&grace->over))
		ret = pause_for(wait, 1);
	grace_put(grace);
	return ret;
}

/* Wait until no task has an earlier write in its lists: it is in the queue then, or has been seen. */
static int wait_for_submitters(const struct wait *wait)
{
	LIST_HEAD(submitters);
	int ret = submitters_find(&submitters);

	while (!ret && !submitters_check(&submitters, wait->att))
		ret = pause_for(wait, 1);
	submitters_forget(&submitters);
	return ret;
}

/*
 * A task that waits for the queue to be unfrozen has not entered it, and could still wait while it is
 * frozen here. When no task waits, those that have waited enter it within another grace period.
 */
static int wait_for_tasks_and_submitters(const struct wait *wait, struct request_queue *queue)
{
	int ret;

	do
		ret = wait_for_tasks(wait);
	while (!ret && waitqueue_active(&queue->mq_freeze_wq)); /* a later waiter has seen @att */
	return ret ?: wait_for_submitters(wait);
}

struct write_search {
	struct request_queue *queue;
	bool found;
};

static bool find_write(COMPAT_BUSY_ITER_PARAMS)
{
	struct write_search *search = data;

	search->found = rq->q == search->queue && op_is_write(req_op(rq));
	return !search->found;
}

/* Whether the driver of a queue has writes, as far as this is known. */
static bool has_writes(struct request_queue *queue)
{
	struct write_search search = { .queue = queue };

	if (queue->tag_set)
		blk_mq_tagset_busy_iter(queue->tag_set, find_write, &search);
	return search.found;
}

/* Freeze a queue. Return: 1 if it was empty, 0 if not, -EBUSY if writes do not end, or another error. */
static int freeze_once(const struct wait *wait, struct request_queue *queue, unsigned long slice)
{
	unsigned long end = jiffies + HOLD_TIMEOUT;
	unsigned int memflags = memalloc_noio_save();
	int ret = 0;

	blk_freeze_queue_start(queue);
	do {
		if (blk_mq_freeze_queue_wait_timeout(queue, slice))
			ret = 1;
		else if (time_after(jiffies, end))
			ret = -EBUSY;
		else
			ret = give_up(wait);
	} while (!ret && has_writes(queue));
	blk_mq_unfreeze_queue(queue, memflags);
	return ret;
}

/* Wait until a queue was empty. It is in use for four times as long as it is frozen, and for 250 ms. */
static int drain_queue(const struct wait *wait, struct request_queue *queue)
{
	unsigned long slice = FIRST_SLICE;
	int ret;

	percpu_ref_switch_to_atomic_sync(&queue->q_usage_counter);
	while (!(ret = freeze_once(wait, queue, slice))) {
		ret = pause_for(wait, max(4 * slice, (unsigned long)HZ / 4));
		if (ret)
			break;
		slice = min(2 * slice, (unsigned long)LAST_SLICE);
	}
	percpu_ref_switch_to_percpu(&queue->q_usage_counter);
	return min(ret, 0);
}

/* The number of I/Os of a kind that a bio-based driver has accounted for, at their begin or end. */
static unsigned long accounted(struct gendisk *disk, int kind)
{
	struct compat_part *part;
	unsigned long index, sum = 0;

	rcu_read_lock();
	for (index = 0; (part = compat_part_next(disk, &index)); index++)
		sum += part_stat_read(part, ios[kind]);
	rcu_read_unlock();
	return sum;
}

static unsigned long accounted_ios(struct gendisk *disk)
{
	return accounted(disk, STAT_WRITE) + accounted(disk, STAT_DISCARD);
}

/* struct probe - a read of the device. @ref: one for the bio, one for the waiter */
struct probe {
	struct bio bio;
	struct bio_vec vec;
	refcount_t ref;
	bool over;
};

static void probe_put(struct probe *probe)
{
	if (!refcount_dec_and_test(&probe->ref))
		return;
	__free_page(probe->vec.bv_page);
	kfree(probe);
	code_ref_put();
}

static void probe_end(struct bio *bio)
{
	struct probe *probe = container_of(bio, struct probe, bio);

	bio_uninit(bio);
	smp_store_release(&probe->over, true); /* pairs with check_accounting() */
	probe_put(probe);
}

static struct probe *probe_new(struct block_device *bdev)
{
	struct probe *probe = kzalloc(sizeof(*probe), GFP_KERNEL);
	struct page *page = probe ? alloc_page(GFP_KERNEL) : NULL;

	if (!page) {
		kfree(probe);
		return NULL;
	}
	bio_init(&probe->bio, bdev, &probe->vec, 1, REQ_OP_READ);
	probe->bio.bi_end_io = probe_end;
	__bio_add_page(&probe->bio, page, bdev_logical_block_size(bdev), 0);
	refcount_set(&probe->ref, 2);
	code_ref_get();
	return probe;
}

/*
 * check_accounting - check whether a driver accounts for I/O, by reading the first block
 *
 * Other reads count as well, which is no error: if the driver does not account, it does for none.
 *
 * Return: 0, -EOPNOTSUPP if it does not, or another error.
 */
static int check_accounting(const struct wait *wait, struct block_device *bdev)
{
	unsigned long before = accounted(wait->att->disk, STAT_READ);
	struct probe *probe;
	int ret = 0;

	if (bdev_logical_block_size(bdev) > PAGE_SIZE)
		return -EOPNOTSUPP;
	probe = probe_new(bdev);
	if (!probe)
		return -ENOMEM;
	submit_bio_noacct(&probe->bio);
	/* Pairs with probe_end(). */
	while (!ret && !smp_load_acquire(&probe->over))
		ret = pause_for(wait, 1);
	probe_put(probe);
	if (!ret && accounted(wait->att->disk, STAT_READ) == before)
		ret = -EOPNOTSUPP;
	return ret;
}

/* The number of writes in flight. A driver may account for one at any part of the disk. */
static long accounted_writes(struct gendisk *disk)
{
	struct compat_part *part;
	unsigned long index;
	long sum = 0;
	int cpu;

	rcu_read_lock();
	for (index = 0; (part = compat_part_next(disk, &index)); index++)
		for_each_possible_cpu(cpu)
			sum += part_stat_local_read_cpu(part, in_flight[1], cpu);
	rcu_read_unlock();
	return sum;
}

/*
 * accounts_are_drained - tell whether no write is in flight, by the driver's accounting
 *
 * Other writes come and go, at the gate or not (flushes without data are not held). One that began on a CPU
 * after the counter of that CPU was read, and ended on another one before that was read, could hide a
 * write. But it was counted in between: at its end, or in older kernels (6.1) at its begin. In these it
 * could have been counted just before, and be in flight just after. Drivers do both with preemption
 * disabled, so a grace period between the two reads excludes that.
 */
static bool accounts_are_drained(struct gendisk *disk)
{
	unsigned long ios = accounted_ios(disk);
	bool drained;

	synchronize_rcu();
	drained = !accounted_writes(disk);
	smp_rmb(); /* the writes in flight are read before the total */
	return drained && ios == accounted_ios(disk);
}

static void limit_wait(struct wait *wait, unsigned long timeout)
{
	if (time_after(wait->deadline, jiffies + timeout))
		wait->deadline = jiffies + timeout;
}

static int wait_for_accounts(struct wait *wait, struct block_device *bdev)
{
	struct gendisk *disk = wait->att->disk;
	int ret;

	/* Neither brd nor a device without sectors has anything in flight outside of the queue. */
	if (MAJOR(disk_devt(disk)) == RAMDISK_MAJOR || !bdev_nr_sectors(bdev))
		return 0;
	ret = check_accounting(wait, bdev);
	if (ret || accounts_are_drained(disk))
		return ret;
	limit_wait(wait, HOLD_TIMEOUT);
	gate_close(wait->att);
	while (!ret && !accounts_are_drained(disk))
		ret = pause_for(wait, 1);
	gate_open(wait->att);
	return ret;
}

struct path_search {
	struct wait *wait;
	unsigned int found;
};

static int drain_if_path(struct device *dev, void *data)
{
	struct path_search *search = data;
	struct gendisk *disk = compat_device_disk(dev);

	if (dev != disk_to_dev(disk) || !passthrough_is_path(disk, search->wait->att->disk))
		return 0;
	search->found++;
	return drain_queue(search->wait, disk->queue);
}

/* The walk holds the device of a path, which keeps its queue if the path is removed meanwhile. */
static int drain_paths(struct wait *wait)
{
	struct path_search search = { .wait = wait };
	int ret = table_walk_devices(drain_if_path, &search);

	return ret ?: search.found ? 0 : -EBUSY;
}

static int wait_for_all(struct wait *wait, struct block_device *bdev)
{
	struct request_queue *queue = bdev_get_queue(bdev);
	int ret = wait_for_tasks_and_submitters(wait, queue);

	if (ret)
		return ret;
	limit_wait(wait, DRAIN_TIMEOUT);
	ret = drain_queue(wait, queue);
	if (ret || queue_is_mq(queue))
		return ret;
	if (wait->att->kind == PASSTHROUGH_NVME_HEAD)
		return drain_paths(wait);
	return wait_for_accounts(wait, bdev);
}

/**
 * earlier_wait - wait for writes that were submitted before an attachment was in the table
 * @att: the attachment, in the table
 * @bdev: its device, open
 *
 * Context: may sleep, for EARLIER_TIMEOUT at most; att->op_lock.
 * Return: 0; -EBUSY if they do not end; -EOPNOTSUPP if that is unknown; -ENODEV if the device is being
 * removed; -EINTR if the caller is killed; -ENOMEM.
 */
int earlier_wait(struct blkfilter_attachment *att, struct block_device *bdev)
{
	struct wait wait = { .att = att, .deadline = jiffies + EARLIER_TIMEOUT };
	int ret = wait_for_all(&wait, bdev);

	if (ret == -EBUSY)
		pr_warn("%pg: cannot be filtered: earlier writes do not end, or tasks keep the kernel busy; try again later\n",
			bdev);
	else if (ret == -EOPNOTSUPP)
		pr_warn("%pg: cannot be filtered: its driver does not account for I/O, so earlier writes cannot be waited for; if queue/iostats of the device is 0, write 1 to it\n",
			bdev);
	return ret;
}

/* earlier_exit - wait for callbacks of grace periods that were given up. Context: may sleep. */
void earlier_exit(void)
{
	compat_rcu_barrier_tasks();
}
