// SPDX-License-Identifier: GPL-2.0
/*
 * Waits for what was submitted to a device before the filter on it could see it, so that what is
 * tracked from the end of an attach on is all that changes from then on. Writes go on meanwhile, and
 * are shown; they are held up for moments only. Three steps:
 *
 * 1. Whoever looked for filters before there was this one, or passed the place of the hook before
 *    that was installed, gets as far as the queue, or sleeps on the way there: a grace period of
 *    tasks. A task that keeps a CPU in the kernel stretches it, for seconds if it likes. Who sleeps
 *    waits for a queue that somebody else has frozen: none may wait for this one. Or the task is
 *    still submitting: a driver above has sent bios to several devices, the task sleeps for one of
 *    these, and the others wait in current->bio_list. There all tasks are looked at.
 * 2. The queue, with all that entered it before, is empty for once: requests have ended then, and
 *    bios have reached a driver that takes bios. That is found out by freezing it. The usage counter
 *    is made one number first, so that freezing an idle queue takes no grace period of RCU. What
 *    comes while it is frozen waits; so it is unfrozen after a moment if something does not end,
 *    and tried again later, for longer: a read in flight is to hold up nobody. But while the driver
 *    has writes it stays frozen, since with new ones coming in there might always be some.
 * 3. A driver that takes bios says by its accounting that no write is under way in it. One that does
 *    not account for a read is refused (some personalities of md; those told not to by
 *    queue/iostats), but for brd, which ends all I/O while it is submitted. Where many
 *    are, new ones are held at the gate, so that they come to an end. NVMe multipath accounts
 *    nothing until Linux 6.3, and from then on not what waits in a path's queue: there each path's
 *    queue has to be empty for once. What is to be sent to another path comes by the hook again.
 *
 * attachment->op_lock is held, so nobody can use the filter before all is over. A device that goes
 * away waits for it, but says so first: then all of this ends at once.
 */
#include <linux/blk-mq.h>
#include <linux/major.h>
#include <linux/percpu-refcount.h>
#include <linux/refcount.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "blkfilter.h"

/* All of it ends in this time, or the attach fails; and what follows the grace period in this. */
#define EARLIER_TIMEOUT	(120 * HZ)
#define DRAIN_TIMEOUT	(30 * HZ)
/* New writes are not held up for longer than this by one wait for earlier ones. */
#define HOLD_TIMEOUT	(10 * HZ)
/* How long the queue is frozen at first, and at most, while something else does not end. */
#define FIRST_SLICE	DIV_ROUND_UP(HZ, 100)
#define LAST_SLICE	(HZ / 2)

struct wait {
	struct blkfilter_attachment *att;
	unsigned long deadline;
};

/* give_up - whether there is a reason to wait no longer. Return: it, or 0. */
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

/* struct grace - a grace period of tasks. @ref: one for the callback, one for who waits */
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

/* As synchronize_rcu_tasks(), but not for longer than the deadline. */
static int wait_for_tasks(const struct wait *wait)
{
	struct grace *grace = kmalloc(sizeof(*grace), GFP_KERNEL);
	int ret = 0;

	if (!grace)
		return -ENOMEM;
	refcount_set(&grace->ref, 2);
	grace->over = false;
	call_rcu_tasks(&grace->rcu, grace_over);
	/* Acquire: what comes after this comes after the grace period. */
	while (!ret && !smp_load_acquire(&grace->over))
		ret = pause_for(wait, 1);
	grace_put(grace);
	return ret;
}

/* Of bios in a list; more is no list. */
#define LIST_MAX	65536

/* struct submitter - a task that may have bios in its list; with a reference to it */
struct submitter {
	struct list_head link;
	struct task_struct *task;
};

/* A task may go on at any moment, and what it had on its stack be anything then. */
static bool read_safely(void *data, const void *from, size_t size)
{
	return !copy_from_kernel_nofault(data, from, size);
}

/* How often a task has gone to sleep or was put off its CPU. */
static unsigned long switches_of(struct task_struct *task)
{
	return READ_ONCE(task->nvcsw) + READ_ONCE(task->nivcsw);
}

/* has_run - whether a task runs, or has run since it was switched that often */
static bool has_run(struct task_struct *task, unsigned long switches)
{
	smp_rmb(); /* what was read of it, then this */
#ifdef CONFIG_SMP
	if (READ_ONCE(task->on_cpu))
		return true;
#endif
	smp_rmb();
	return task == current || switches_of(task) != switches;
}

/*
 * has_bio - whether a list of a task has a write in it that the filter has to see, or cannot be read
 *
 * Called under RCU, which keeps the block device of a bio that was there a moment before.
 */
static bool has_bio(struct task_struct *task, unsigned long switches, struct bio *first,
		    struct blkfilter_attachment *att)
{
	unsigned int count = 0;
	struct bio *next, bio;

	for (next = first; next; next = bio.bi_next) {
		if (count++ > LIST_MAX || !read_safely(&bio, next, sizeof(bio)) ||
		    has_run(task, switches))
			return true;
		if (op_is_write(bio_op(&bio)) && bio_sectors(&bio) &&
		    compat_bio_disk(&bio) == att->disk && !bio_copy_has_ctx(&bio, att))
			return true;
	}
	return false;
}

/*
 * is_done - whether a task has no such write in its lists
 *
 * There are two on its stack (bios of the device that is being submitted to, and what is behind
 * them), which only the task changes. So others can read them if it does not run from before until
 * after that.
 */
static bool is_done(struct task_struct *task, struct blkfilter_attachment *att)
{
	unsigned long switches = switches_of(task);
	struct bio_list *lists, copy[2];
	bool done;

	smp_rmb(); /* how often it was switched, then the lists */
	lists = READ_ONCE(task->bio_list);
	if (!lists)
		return true;
	rcu_read_lock();
	done = !has_run(task, switches) && read_safely(copy, lists, sizeof(copy)) &&
	       !has_bio(task, switches, copy[0].head, att) &&
	       !has_bio(task, switches, copy[1].head, att) && !has_run(task, switches);
	rcu_read_unlock();
	return done;
}

/* All tasks that are submitting now. Those that begin later see the attachment. */
static int find_submitters(struct list_head *submitters)
{
	struct task_struct *process, *task;
	struct submitter *submitter;
	int ret = 0;

	rcu_read_lock();
	for_each_process_thread(process, task) {
		if (ret || !READ_ONCE(task->bio_list))
			continue;
		submitter = kmalloc(sizeof(*submitter), GFP_NOWAIT | __GFP_NOWARN);
		if (!submitter) {
			ret = -ENOMEM;
			continue;
		}
		get_task_struct(task);
		submitter->task = task;
		list_add(&submitter->link, submitters);
	}
	rcu_read_unlock();
	return ret;
}

static void forget(struct submitter *submitter)
{
	list_del(&submitter->link);
	put_task_struct(submitter->task);
	kfree(submitter);
}

/* What such a list has for the disk is in the queue at the end, or has come by the hook. */
static int wait_for_submitters(const struct wait *wait)
{
	struct submitter *submitter, *next;
	LIST_HEAD(submitters);
	int ret = find_submitters(&submitters);

	while (!ret) {
		list_for_each_entry_safe(submitter, next, &submitters, link)
			if (is_done(submitter->task, wait->att))
				forget(submitter);
		if (list_empty(&submitters))
			break;
		ret = pause_for(wait, 1);
	}
	list_for_each_entry_safe(submitter, next, &submitters, link)
		forget(submitter);
	return ret;
}

/*
 * Who waits for the queue to be unfrozen is not in it yet, and could go on waiting while it is frozen
 * here. Once nobody waits, who has waited gets into it within another grace period.
 */
static int wait_for_tasks_and_submitters(const struct wait *wait, struct request_queue *queue)
{
	int ret;

	do
		ret = wait_for_tasks(wait);
	while (!ret && waitqueue_active(&queue->mq_freeze_wq));
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

/* has_writes - whether the driver has some, as far as that can be told */
static bool has_writes(struct request_queue *queue)
{
	struct write_search search = { .queue = queue };

	if (queue->tag_set)
		blk_mq_tagset_busy_iter(queue->tag_set, find_write, &search);
	return search.found;
}

/* freeze_once - Return: whether the queue was empty, or -EBUSY if writes in it do not end. */
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

/* All goes on for four times as long as the queue was frozen, and for a while at least. */
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

/* How many I/Os of a kind have begun or ended in a driver that takes bios and accounts for them. */
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

/* struct probe - a read of the device. @ref: one for the bio, one for who waits */
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
	smp_store_release(&probe->over, true); /* pairs with does_account() */
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
 * does_account - whether a driver accounts for I/O, by a read of the first block
 *
 * Reads of others count as well, but where none is accounted for, theirs are not, either.
 *
 * Return: 0, -EOPNOTSUPP if not, or another error.
 */
static int does_account(const struct wait *wait, struct block_device *bdev)
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
	while (!ret && !smp_load_acquire(&probe->over))
		ret = pause_for(wait, 1);
	probe_put(probe);
	if (!ret && accounted(wait->att->disk, STAT_READ) == before)
		ret = -EOPNOTSUPP;
	return ret;
}

/* How many of its writes are under way. Which part of the disk one counts for it may choose. */
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
 * Whether no write is under way in it. Others come and go, held at the gate or not (flushes without
 * data are not): one that began on a CPU after that was read, and ended on another before that was
 * read, could hide a write. But it has been counted in between: at its end, or on older kernels
 * (6.1) at its beginning. There it could have been counted just before, and be under way just after,
 * which drivers do with preemption off: a grace period between the two keeps that apart.
 */
static bool accounts_are_quiet(struct gendisk *disk)
{
	unsigned long ios = accounted_ios(disk);
	bool quiet;

	synchronize_rcu();
	quiet = !accounted_writes(disk);
	smp_rmb(); /* what is under way, then what was counted in between */
	return quiet && ios == accounted_ios(disk);
}

static void limit(struct wait *wait, unsigned long timeout)
{
	if (time_after(wait->deadline, jiffies + timeout))
		wait->deadline = jiffies + timeout;
}

static int wait_for_accounts(struct wait *wait, struct block_device *bdev)
{
	struct gendisk *disk = wait->att->disk;
	int ret;

	/* Nothing is under way outside of the queue to brd, nor to a device that has no sectors. */
	if (MAJOR(disk_devt(disk)) == RAMDISK_MAJOR || !bdev_nr_sectors(bdev))
		return 0;
	ret = does_account(wait, bdev);
	if (ret || accounts_are_quiet(disk))
		return ret;
	limit(wait, HOLD_TIMEOUT);
	gate_close(wait->att);
	while (!ret && !accounts_are_quiet(disk))
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

/* A path that goes away meanwhile keeps its queue as long as its device is held here. */
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
	limit(wait, DRAIN_TIMEOUT);
	ret = drain_queue(wait, queue);
	if (ret || queue_is_mq(queue))
		return ret;
	if (wait->att->kind == PASSTHROUGH_NVME_HEAD)
		return drain_paths(wait);
	return wait_for_accounts(wait, bdev);
}

/**
 * earlier_wait - wait for what was submitted before an attachment was in the table
 * @att: the attachment, in the table, its op_lock held
 * @bdev: its device, open
 *
 * Context: may sleep, for EARLIER_TIMEOUT.
 * Return: 0; -EBUSY if it does not end; -EOPNOTSUPP if that cannot be told; -ENODEV if the device goes away; -EINTR if the caller is
 * killed; -ENOMEM.
 */
int earlier_wait(struct blkfilter_attachment *att, struct block_device *bdev)
{
	struct wait wait = { .att = att, .deadline = jiffies + EARLIER_TIMEOUT };
	int ret = wait_for_all(&wait, bdev);

	if (ret == -EBUSY)
		pr_warn("%pg: cannot be filtered: writes from before do not end, or tasks keep the kernel busy; try again later\n",
			bdev);
	else if (ret == -EOPNOTSUPP)
		pr_warn("%pg: cannot be filtered: its driver does not account for I/O, so that writes from before cannot be waited for; if queue/iostats of the device is 0, write 1 to it\n",
			bdev);
	return ret;
}

/* earlier_exit - wait for callbacks of grace periods that nobody waits for any more */
void earlier_exit(void)
{
	compat_rcu_barrier_tasks();
}
