// SPDX-License-Identifier: GPL-2.0
/*
 * How held and kept bios go on.
 *
 * The kernel makes a submitter sleep whose cgroup has used up its share (io.cost, io.latency), and
 * one who writes back in the background (wbt). The submitter here is a worker: with one worker for
 * all, everybody would write at the pace of the most limited group. So each group has a lane of its
 * own, in which its bios are submitted one after the other, as by a task of the group: that is where
 * the group is held to its limit. The root group's asynchronous writes, which wbt may hold up, have
 * the lane att->common.
 *
 * What no limit of a group holds up needs no lane: synchronous writes of the root group (a journal,
 * fsync), metadata and swap of any group, which the kernel lets pass and charges later. Whoever
 * resubmits them submits them. Lanes run on a work queue of their own, att->lane_wq, so that these
 * do not wait for a lane even when both work queues are down to their rescuers.
 *
 * Life of a lane: it is in att->lanes from the first bio that it is given until its worker finds it
 * empty, and its work is queued once, when it gets there. Then one that was allocated is freed by
 * its worker. att->held_lock protects the list, and bios and count of each lane.
 *
 * att->queued counts the bios in lanes, those being submitted included. Detaching waits until there
 * are none (lane_wait_empty()), so that a device does not go before they got to it. A bio in a lane
 * keeps the group that is the lane's key. After the last one a new group may get the same address,
 * and then the same lane, which is not blocked at that moment.
 *
 * Without memory for a lane the group's bio goes into att->common. Then it may hold up the root
 * group's asynchronous writes, until there is memory.
 */
#include <linux/slab.h>
#include <linux/sched/mm.h>
#include "blkfilter.h"

/* is_urgent - whether no limit of a group makes the submitter of a bio wait */
static bool is_urgent(struct bio *bio)
{
	return bio->bi_opf & (REQ_META | REQ_SWAP) ||
	       (op_is_sync(bio->bi_opf) && !compat_bio_group(bio));
}

/* submit - a held bio gets what it takes to be shown, a kept one has it. May sleep. */
static void submit(struct blkfilter_attachment *att, struct bio *bio)
{
	if (!bio_is_shown(bio, att))
		bio_ctx_add_reserve(bio, att);
	submit_bio_noacct(bio);
}

/* Called with held_lock held. */
static struct lane *find(struct blkfilter_attachment *att, const void *group)
{
	struct lane *lane;

	list_for_each_entry(lane, &att->lanes, link)
		if (lane->group == group)
			return lane;
	return NULL;
}

/*
 * take_first - the next bio to submit, if any
 *
 * Held ones do not go into a closed gate: what they take from the reserve would be held with them.
 *
 * Return: NULL if the lane was empty; then it is out of the list.
 */
static struct bio *take_first(struct blkfilter_attachment *att, struct lane *lane)
{
	struct bio *bio;
	bool room;

	raw_spin_lock_irq(&att->held_lock);
	while ((bio = bio_list_pop(&lane->bios))) {
		lane->count--;
		if (!att->gate_closed || bio_is_shown(bio, att))
			break;
		gate_add_held(att, bio);
		atomic_dec(&att->queued);
	}
	room = lane->count == HELD_ROOM;
	if (!bio)
		list_del_init(&lane->link);
	raw_spin_unlock_irq(&att->held_lock);
	if (room)
		blkfilter_wake(att->disk);
	return bio;
}

static void lane_work(struct work_struct *work)
{
	struct lane *lane = container_of(work, struct lane, work);
	struct blkfilter_attachment *att = lane->att;
	bool own = lane == &att->common;
	unsigned int noio = memalloc_noio_save();
	struct bio *bio;

	while ((bio = take_first(att, lane))) {
		submit(att, bio);
		atomic_dec(&att->queued);
	}
	memalloc_noio_restore(noio);
	/* The attachment stays until its work queue is destroyed, which waits for this. */
	wake_up(&att->drain_wait);
	if (!own)
		kfree(lane);
}

static void init_lane(struct lane *lane, struct blkfilter_attachment *att, const void *group)
{
	lane->att = att;
	lane->group = group;
	bio_list_init(&lane->bios);
	INIT_LIST_HEAD(&lane->link);
	INIT_WORK(&lane->work, lane_work);
}

/* Not with the lock held, which does not go with allocating on a kernel with PREEMPT_RT. */
static struct lane *new_lane(struct blkfilter_attachment *att, const void *group)
{
	struct lane *lane = kzalloc(sizeof(*lane), GFP_NOWAIT | __GFP_NOWARN);

	if (lane)
		init_lane(lane, att, group);
	return lane;
}

static void add(struct blkfilter_attachment *att, struct bio *bio)
{
	const void *group = compat_bio_group(bio);
	struct lane *lane, *new = NULL;

	raw_spin_lock_irq(&att->held_lock);
	lane = find(att, group);
	if (!lane && group) {
		raw_spin_unlock_irq(&att->held_lock);
		new = new_lane(att, group);
		raw_spin_lock_irq(&att->held_lock);
		lane = find(att, group);
	}
	if (!lane) {
		lane = new ?: &att->common;
		new = NULL;
	}
	bio_list_add(&lane->bios, bio);
	lane->count++;
	atomic_inc(&att->queued);
	if (list_empty(&lane->link)) {
		list_add(&lane->link, &att->lanes);
		queue_work(att->lane_wq, &lane->work);
	}
	raw_spin_unlock_irq(&att->held_lock);
	kfree(new);
}

/**
 * lane_submit - let a bio go on that was held or kept
 * @att: the attachment that held it, or whose filter kept it
 * @bio: the bio
 *
 * Context: process context, memalloc_noio_save(), current->bio_list unset. May sleep as any
 * submission, but not for the limit of a group.
 */
void lane_submit(struct blkfilter_attachment *att, struct bio *bio)
{
	if (is_urgent(bio))
		submit(att, bio);
	else
		add(att, bio);
}

/**
 * lane_is_full - whether enough bios of the group of a bio are waiting already
 * @att: the attachment
 * @bio: the bio
 *
 * Context: any.
 */
bool lane_is_full(struct blkfilter_attachment *att, struct bio *bio)
{
	unsigned long flags;
	struct lane *lane;
	bool full;

	if (likely(atomic_read(&att->queued) < HELD_ENOUGH) || is_urgent(bio))
		return false;
	raw_spin_lock_irqsave(&att->held_lock, flags);
	lane = find(att, compat_bio_group(bio));
	full = lane && lane->count >= HELD_ENOUGH;
	raw_spin_unlock_irqrestore(&att->held_lock, flags);
	return full;
}

/* lane_wait_empty - wait until no bio is in a lane; none may be added any more. May sleep. */
void lane_wait_empty(struct blkfilter_attachment *att)
{
	wait_event_idle(att->drain_wait, !atomic_read(&att->queued));
}

/**
 * lane_init - get an attachment's lanes ready
 * @att: the attachment
 * @name: of the device
 *
 * Return: 0 or -ENOMEM; lane_exit() is to follow if it is 0.
 */
int lane_init(struct blkfilter_attachment *att, const char *name)
{
	INIT_LIST_HEAD(&att->lanes);
	init_lane(&att->common, att, NULL);
	att->lane_wq = alloc_workqueue("blkfilter-lanes-%s", WQ_MEM_RECLAIM | WQ_UNBOUND,
				       WQ_MAX_ACTIVE, name);
	return att->lane_wq ? 0 : -ENOMEM;
}

/* lane_exit - none has a bio in it */
void lane_exit(struct blkfilter_attachment *att)
{
	destroy_workqueue(att->lane_wq);
}
