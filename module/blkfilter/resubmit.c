// SPDX-License-Identifier: GPL-2.0
/*
 * Submits bios that were held at a gate or kept by a filter.
 *
 * The block layer throttles a submitter whose cgroup exceeds its limit (io.cost, io.latency), and
 * background writeback (wbt), by putting it to sleep. Held and kept bios are submitted by workers.
 * A single worker would submit all of them at the rate of the most limited cgroup. Therefore each
 * cgroup has a resubmit queue of its own. Its worker submits the bios one by one, as a task of the
 * cgroup would, and is throttled for it. The root cgroup's asynchronous writes, which wbt may
 * throttle, go to att->root_queue.
 *
 * Bios that no limit applies to need no queue: synchronous writes of the root cgroup (a journal,
 * fsync), and metadata and swap of any cgroup, which the kernel admits at once and charges later.
 * The caller of resubmit_bio() submits them. The queues' workers run on att->resubmit_wq, so that
 * these bios do not wait for a throttled worker even if each workqueue is down to its rescuer.
 *
 * A queue is on att->resubmit_queues from its first bio until its worker finds it empty. The work
 * is queued once, when the queue is put on the list. A queue that was allocated is freed by its
 * worker. att->held_lock protects the list, and the bios and the count of each queue.
 *
 * att->nr_queued counts the bios in the queues, including those being submitted. Detaching waits
 * until there are none (resubmit_drain()), so that the device is not removed before they reach it.
 * A queued bio pins the cgroup that is the queue's key. After the last one, a new cgroup may get the
 * same address and with it the same queue, whose worker is not throttled at that moment.
 *
 * If no queue can be allocated, the bio goes to att->root_queue. It may then delay the root cgroup's
 * asynchronous writes, until memory is available again.
 */
#include <linux/slab.h>
#include <linux/sched/mm.h>
#include "blkfilter.h"

/* is_unthrottled - whether no cgroup limit makes the submitter of a bio sleep */
static bool is_unthrottled(struct bio *bio)
{
	return bio->bi_opf & (REQ_META | REQ_SWAP) ||
	       (op_is_sync(bio->bi_opf) && !compat_bio_group(bio));
}

/* Submit a bio. A held one gets a context first, a kept one has it already. May sleep. */
static void submit_with_ctx(struct blkfilter_attachment *att, struct bio *bio)
{
	if (!bio_has_ctx(bio, att))
		bio_add_reserve_ctx(bio, att);
	submit_bio_noacct(bio);
}

/* Find the queue of a cgroup. Context: held_lock. */
static struct resubmit_queue *find_queue(struct blkfilter_attachment *att, const void *group)
{
	struct resubmit_queue *queue;

	list_for_each_entry(queue, &att->resubmit_queues, link)
		if (queue->group == group)
			return queue;
	return NULL;
}

/*
 * pop_bio - take the next bio off a queue
 *
 * A held bio must not go into a closed gate, where it would hold on to a context of the reserve. It
 * is held again.
 *
 * Return: the bio; NULL if the queue is empty, which is then off the list.
 */
static struct bio *pop_bio(struct blkfilter_attachment *att, struct resubmit_queue *queue)
{
	struct bio *bio;
	bool room;

	raw_spin_lock_irq(&att->held_lock);
	while ((bio = bio_list_pop(&queue->bios))) {
		queue->count--;
		if (!att->gate_closed || bio_has_ctx(bio, att))
			break;
		gate_add_held(att, bio, bio_has_ctx(bio, NULL));
		atomic_dec(&att->nr_queued);
	}
	room = queue->count == HELD_LOW;
	if (!bio)
		list_del_init(&queue->link);
	raw_spin_unlock_irq(&att->held_lock);
	if (room)
		blkfilter_wake(att->disk);
	return bio;
}

static void resubmit_work(struct work_struct *work)
{
	struct resubmit_queue *queue = container_of(work, struct resubmit_queue, work);
	struct blkfilter_attachment *att = queue->att;
	bool allocated = queue != &att->root_queue;
	unsigned int noio = memalloc_noio_save();
	struct bio *bio;

	while ((bio = pop_bio(att, queue))) {
		submit_with_ctx(att, bio);
		atomic_dec(&att->nr_queued);
	}
	memalloc_noio_restore(noio);
	/* The attachment exists until its workqueue is destroyed, which waits for this work. */
	wake_up(&att->drain_wait);
	if (allocated)
		kfree(queue);
}

static void init_queue(struct resubmit_queue *queue, struct blkfilter_attachment *att,
		       const void *group)
{
	queue->att = att;
	queue->group = group;
	bio_list_init(&queue->bios);
	INIT_LIST_HEAD(&queue->link);
	INIT_WORK(&queue->work, resubmit_work);
}

/* Called without held_lock: with PREEMPT_RT a raw spinlock excludes allocating. */
static struct resubmit_queue *new_queue(struct blkfilter_attachment *att, const void *group)
{
	struct resubmit_queue *queue = kzalloc(sizeof(*queue), GFP_NOWAIT | __GFP_NOWARN);

	if (queue)
		init_queue(queue, att, group);
	return queue;
}

static void queue_bio(struct blkfilter_attachment *att, struct bio *bio)
{
	const void *group = compat_bio_group(bio);
	struct resubmit_queue *queue, *new = NULL;

	raw_spin_lock_irq(&att->held_lock);
	queue = find_queue(att, group);
	if (!queue && group) {
		raw_spin_unlock_irq(&att->held_lock);
		new = new_queue(att, group);
		raw_spin_lock_irq(&att->held_lock);
		queue = find_queue(att, group);
	}
	if (!queue) {
		queue = new ?: &att->root_queue;
		new = NULL;
	}
	bio_list_add(&queue->bios, bio);
	queue->count++;
	atomic_inc(&att->nr_queued);
	if (list_empty(&queue->link)) {
		list_add(&queue->link, &att->resubmit_queues);
		queue_work(att->resubmit_wq, &queue->work);
	}
	raw_spin_unlock_irq(&att->held_lock);
	kfree(new);
}

/*
 * resubmit_bio - submit a bio, or queue it where its cgroup may be throttled
 *
 * Context: process context, memalloc_noio_save(), current->bio_list unset. May sleep like any
 * submission, but not for a cgroup limit.
 */
static void resubmit_bio(struct blkfilter_attachment *att, struct bio *bio)
{
	if (is_unthrottled(bio))
		submit_with_ctx(att, bio);
	else
		queue_bio(att, bio);
}

void blkfilter_resubmit(struct bio *bio)
{
	bio->bi_opf &= ~REQ_NOWAIT;
	bio_clear_polled(bio);
	resubmit_bio(bio_keeping_attachment(bio), bio);
}
EXPORT_SYMBOL_GPL(blkfilter_resubmit);

/**
 * resubmit_held_work - submit the bios that were held at a gate
 * @work: &blkfilter_attachment.held_work
 *
 * Context: att->wq. Sleeps until each bio has got a context from the reserve.
 */
void resubmit_held_work(struct work_struct *work)
{
	struct blkfilter_attachment *att =
		container_of(work, struct blkfilter_attachment, held_work);
	unsigned int noio = memalloc_noio_save();
	struct bio *bio;

	while ((bio = gate_pop_held(att)))
		resubmit_bio(att, bio);
	memalloc_noio_restore(noio);
}

/* Whether as many bios of a bio's cgroup are queued as may be. Context: any. */
static bool queue_is_full(struct blkfilter_attachment *att, struct bio *bio)
{
	struct resubmit_queue *queue;
	unsigned long flags;
	bool full;

	if (likely(atomic_read(&att->nr_queued) < HELD_HIGH) || is_unthrottled(bio))
		return false;
	raw_spin_lock_irqsave(&att->held_lock, flags);
	queue = find_queue(att, compat_bio_group(bio));
	full = queue && queue->count >= HELD_HIGH;
	raw_spin_unlock_irqrestore(&att->held_lock, flags);
	return full;
}

enum blkfilter_verdict blkfilter_may_keep(struct bio *bio, bool full)
{
	struct blkfilter_attachment *att = bio_keeping_attachment(bio);

	if (unlikely((full || queue_is_full(att, bio)) && gate_may_wait(bio)))
		return BLKFILTER_WAIT;
	return likely(atomic_read(&att->nr_queued) < held_max()) ? BLKFILTER_KEEP : BLKFILTER_PASS;
}
EXPORT_SYMBOL_GPL(blkfilter_may_keep);

/**
 * resubmit_drain - wait until all queued bios have been submitted
 * @att: the attachment, to which no bio is added any more
 *
 * Context: may sleep.
 */
void resubmit_drain(struct blkfilter_attachment *att)
{
	wait_event_idle(att->drain_wait, !atomic_read(&att->nr_queued));
}

/**
 * resubmit_init - set up the resubmit queues of an attachment
 * @att: the attachment
 * @name: name of its device
 *
 * Context: may sleep.
 * Return: 0, to be followed by resubmit_exit(), or -ENOMEM.
 */
int resubmit_init(struct blkfilter_attachment *att, const char *name)
{
	INIT_LIST_HEAD(&att->resubmit_queues);
	init_queue(&att->root_queue, att, NULL);
	att->resubmit_wq = alloc_workqueue("blkfilter-cg-%s", WQ_MEM_RECLAIM | WQ_UNBOUND,
					   WQ_MAX_ACTIVE, name);
	return att->resubmit_wq ? 0 : -ENOMEM;
}

/**
 * resubmit_exit - free the resubmit queues of an attachment
 * @att: the attachment, drained
 *
 * Context: may sleep.
 */
void resubmit_exit(struct blkfilter_attachment *att)
{
	destroy_workqueue(att->resubmit_wq);
}
