// SPDX-License-Identifier: GPL-2.0
/*
 * The gate in front of a filtered device. Bios are counted in when they are passed to the filter,
 * and out when they end. While the gate is closed, new bios are held.
 *
 * Counting must be cheap and must not share cache lines between CPUs; waiting may be slow. So the
 * counters are per CPU. The submitter of a bio and the task that closes the gate each write first
 * and read then, with a full barrier in between:
 *
 *	gate_enter() (blkfilter.h)	blkfilter_quiesce()
 *	  count the bio in		  close the gate
 *	  smp_mb()			  smp_mb()
 *	  gate closed? count it out	  sum up the counters
 *
 * Either the submitter sees the gate closed, or the sum includes the bio.
 *
 * The exits are summed up before the entries. A bio whose exit is in the first sum then has its
 * entry in the second one, so equal sums mean that no bio was in flight in between (the same
 * argument as for SRCU readers). Loads and stores of other CPUs may be seen in any order that no
 * barrier forbids, as on arm64, and a bio may end on another CPU than it entered on. This chain
 * orders them:
 *
 *	entering CPU		ending CPU			waiter
 *	  entered++		  (was handed the bio)		  sums up exited, includes it
 *	  smp_mb()		  barrier before the increment	  smp_mb()
 *	  submits the bio	  exited++			  sums up entered
 *
 * The first smp_mb() orders the entry before everything by which the bio reaches the ending CPU. The
 * barrier there orders that, and everything that was done for the bio, before the exit. Both are
 * cumulative: they also order what other CPUs did before it was seen. So a waiter that sees the exit
 * of a bio sees its entry too and, after the second smp_mb(), everything that the filter did for it.
 * The filter can then be switched to another state. Even where this_cpu_inc() is one instruction on
 * memory, it orders nothing, and smp_mb__before_atomic() does not apply to it.
 *
 * State that is changed while the gate is closed is seen by bios that enter later: gate_open() stores
 * with release semantics, gate_enter() loads with acquire semantics. No wake-up is lost: the ending
 * CPU counts the exit, executes a full barrier, and reads the number of waiters; a waiter increments
 * it, executes a full barrier, and sums up.
 */
#include <linux/jiffies.h>
#include "blkfilter.h"

/**
 * gate_wake - wake tasks waiting for in-flight bios to drain
 * @att: the attachment; it may be gone on return
 * @flags: state of the caller's local_irq_save(), restored here
 *
 * Until now, disabled interrupts have kept the attachment. They must not stay disabled for the
 * wake-up, which takes a sleeping lock with PREEMPT_RT.
 */
void gate_wake(struct blkfilter_attachment *att, unsigned long flags)
{
	rcu_read_lock();
	local_irq_restore(flags);
	wake_up(&att->drain_wait);
	rcu_read_unlock();
}

static bool gate_is_drained(struct blkfilter_attachment *att)
{
	unsigned long entered = 0, exited = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		exited += READ_ONCE(per_cpu_ptr(att->inflight, cpu)->exited);
	smp_mb(); /* pairs with gate_count_exit() and gate_enter(), see the head of this file */
	for_each_possible_cpu(cpu)
		entered += READ_ONCE(per_cpu_ptr(att->inflight, cpu)->entered);
	return entered == exited;
}

/**
 * gate_wait_drained - wait until no bio is in flight
 * @att: the attachment
 * @deadline: in jiffies, or 0 for no limit
 *
 * Context: may sleep.
 * Return: true if none is in flight, false after @deadline.
 */
bool gate_wait_drained(struct blkfilter_attachment *att, unsigned long deadline)
{
	long left = MAX_SCHEDULE_TIMEOUT;

	if (deadline)
		left = max(1L, (long)(deadline - jiffies));
	atomic_inc(&att->nr_waiters);
	smp_mb(); /* pairs with gate_count_exit(): a bio that exits later sees the waiter */
	if (!gate_is_drained(att))
		left = wait_event_idle_timeout(att->drain_wait, gate_is_drained(att), left);
	atomic_dec(&att->nr_waiters);
	return left > 0;
}

/**
 * gate_put_reserve - note that a context of the reserve was freed
 * @att: the attachment that owns the reserve; it may be gone on return
 *
 * Context: any.
 */
void gate_put_reserve(struct blkfilter_attachment *att)
{
	rcu_read_lock();
	if (atomic_dec_and_test(&att->reserve_used) && atomic_read(&att->nr_waiters))
		wake_up(&att->drain_wait);
	rcu_read_unlock();
}

/**
 * gate_wait_reserve - wait until all contexts of the reserve are free
 * @att: the attachment, detached
 *
 * Context: may sleep.
 */
void gate_wait_reserve(struct blkfilter_attachment *att)
{
	atomic_inc(&att->nr_waiters);
	smp_mb(); /* a context that is freed later sees the waiter */
	wait_event_idle(att->drain_wait, !atomic_read(&att->reserve_used));
	atomic_dec(&att->nr_waiters);
}

/* Submitters that wait for room, hashed by disk. A wake-up that was for another disk is harmless. */
#define ROOM_BITS	6
static wait_queue_head_t rooms[1 << ROOM_BITS];

/**
 * gate_room - find the wait queue on which submitters wait for room
 * @disk: the disk of their bios
 *
 * Context: any.
 * Return: the wait queue.
 */
wait_queue_head_t *gate_room(struct gendisk *disk)
{
	return &rooms[hash_ptr(disk, ROOM_BITS)];
}

void blkfilter_wake(struct gendisk *disk)
{
	wait_queue_head_t *room = gate_room(disk);

	if (wq_has_sleeper(room))
		wake_up_all(room);
}
EXPORT_SYMBOL_GPL(blkfilter_wake);

/**
 * gate_may_wait - tell whether the submitter of a bio can be made to wait for room
 * @bio: the bio
 *
 * Fewer submitters than those that may sleep for a request: not with current->bio_list set, because
 * that list may hold bios that are counted; not tasks that free memory; and not tasks on the I/O
 * path, our own workers among them, all of which forbid the allocator to do I/O.
 *
 * Context: any, see bio_wait_room().
 * Return: whether it can.
 */
bool gate_may_wait(const struct bio *bio)
{
	return in_task() && !current->bio_list && !(bio->bi_opf & REQ_NOWAIT) &&
	       !(current->flags & (PF_MEMALLOC | PF_MEMALLOC_NOIO));
}

/* gate_init - set up the wait queues; once for the module */
void gate_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rooms); i++)
		init_waitqueue_head(&rooms[i]);
}

/**
 * gate_add_held - add a bio to the list of held ones
 * @att: the attachment
 * @bio: the bio, not counted
 * @has_reserve: whether it carries an unused context from a reserve
 *
 * Context: held_lock.
 */
void gate_add_held(struct blkfilter_attachment *att, struct bio *bio, bool has_reserve)
{
	/*
	 * The submitter is told that the bio was accepted, and goes on. So it neither polls for the
	 * bio nor expects -EAGAIN.
	 */
	bio->bi_opf &= ~REQ_NOWAIT;
	bio_clear_polled(bio);
	/* Bios that need a context from the reserve may wait for one that is held here. */
	if (has_reserve)
		bio_list_add_head(&att->held, bio);
	else
		bio_list_add(&att->held, bio);
	att->nr_held++;
}

/* Context: held_lock. */
static bool gate_has_room(const struct blkfilter_attachment *att, const struct bio *bio)
{
	return att->nr_held < HELD_HIGH || !gate_may_wait(bio);
}

/**
 * gate_hold - hold a bio until the gate opens
 * @att: the attachment, under RCU
 * @bio: the bio, not counted
 * @has_reserve: whether it carries an unused context from a reserve
 *
 * Context: any.
 * Return: %BLKFILTER_KEEP if it is held; %BLKFILTER_WAIT if enough are held and its submitter can
 * wait; %BLKFILTER_PASS if the gate is open again.
 */
enum blkfilter_verdict gate_hold(struct blkfilter_attachment *att, struct bio *bio,
				 bool has_reserve)
{
	enum blkfilter_verdict verdict = BLKFILTER_PASS;
	unsigned long flags;

	raw_spin_lock_irqsave(&att->held_lock, flags);
	if (att->gate_closed)
		verdict = gate_has_room(att, bio) ? BLKFILTER_KEEP : BLKFILTER_WAIT;
	if (verdict == BLKFILTER_KEEP)
		gate_add_held(att, bio, has_reserve);
	raw_spin_unlock_irqrestore(&att->held_lock, flags);
	return verdict;
}

/**
 * gate_hold_nomem - hold a bio for which no context could be allocated
 * @att: the attachment, under RCU
 * @bio: the bio, not counted, without an unused context
 *
 * The worker submits it with a context from the reserve.
 *
 * Context: any.
 * Return: %BLKFILTER_KEEP, or %BLKFILTER_WAIT as gate_hold().
 */
enum blkfilter_verdict gate_hold_nomem(struct blkfilter_attachment *att, struct bio *bio)
{
	enum blkfilter_verdict verdict;
	unsigned long flags;

	raw_spin_lock_irqsave(&att->held_lock, flags);
	verdict = gate_has_room(att, bio) ? BLKFILTER_KEEP : BLKFILTER_WAIT;
	if (verdict == BLKFILTER_KEEP) {
		gate_add_held(att, bio, false);
		if (!att->gate_closed)
			queue_work(att->wq, &att->held_work);
	}
	raw_spin_unlock_irqrestore(&att->held_lock, flags);
	return verdict;
}

/**
 * gate_pop_held - take the next held bio, to submit it
 * @att: the attachment
 *
 * Context: process context.
 * Return: the bio; NULL if there is none, or the gate is closed.
 */
struct bio *gate_pop_held(struct blkfilter_attachment *att)
{
	struct bio *bio = NULL;
	bool room = false;

	raw_spin_lock_irq(&att->held_lock);
	if (!att->gate_closed)
		bio = bio_list_pop(&att->held);
	if (bio)
		room = --att->nr_held == HELD_LOW;
	raw_spin_unlock_irq(&att->held_lock);
	if (room)
		blkfilter_wake(att->disk);
	return bio;
}

/**
 * gate_close - hold the bios that are submitted from now on
 * @att: the attachment
 *
 * Context: process context.
 */
void gate_close(struct blkfilter_attachment *att)
{
	raw_spin_lock_irq(&att->held_lock);
	WRITE_ONCE(att->gate_closed, true);
	raw_spin_unlock_irq(&att->held_lock);
	smp_mb(); /* pairs with gate_enter() */
}

/**
 * gate_open - submit the held bios, and let new ones pass
 * @att: the attachment
 *
 * Context: any but hard interrupt; does not sleep.
 */
void gate_open(struct blkfilter_attachment *att)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&att->held_lock, flags);
	/* Pairs with gate_enter(). */
	smp_store_release(&att->gate_closed, false);
	queue_work(att->wq, &att->held_work);
	raw_spin_unlock_irqrestore(&att->held_lock, flags);
	blkfilter_wake(att->disk);
}
