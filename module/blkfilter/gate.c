// SPDX-License-Identifier: GPL-2.0
/*
 * The gate in front of a filtered device: bios are counted in when they are shown to the
 * filter and out when they end, and can be held back.
 *
 * Counting has to be cheap and free of shared cache lines, waiting may be slow. So the
 * counters are per CPU, and the way in and the one who closes the gate each write first
 * and look then, with a full barrier between:
 *
 *	gate_enter() (blkfilter.h)	blkfilter_park()
 *	  count the bio in		  close the gate
 *	  smp_mb()			  smp_mb()
 *	  gate closed? count it out	  sum up the counters
 *
 * Either the bio sees the gate closed, or the sum sees the bio. The sum reads the bios
 * that left before those that entered: a bio counted among the former is then also among
 * the latter, so that equal sums mean that none was under way in between (the argument is
 * that of SRCU's readers).
 */
#include <linux/jiffies.h>
#include "blkfilter.h"

/**
 * gate_wake - let those look who wait for bios to end
 * @att: the attachment; it may be gone when this returns
 * @flags: of the caller's local_irq_save(); restored
 *
 * Interrupts were off until here, and kept the attachment. They are not while anybody is woken,
 * since that may take a lock that sleeps, on a kernel with PREEMPT_RT.
 */
void gate_wake(struct blkfilter_attachment *att, unsigned long flags)
{
	rcu_read_lock();
	local_irq_restore(flags);
	wake_up(&att->quiet);
	rcu_read_unlock();
}

static bool gate_is_quiet(struct blkfilter_attachment *att)
{
	unsigned long entered = 0, left = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		left += READ_ONCE(per_cpu_ptr(att->count, cpu)->left);
	smp_mb(); /* the order that the head of this file explains */
	for_each_possible_cpu(cpu)
		entered += READ_ONCE(per_cpu_ptr(att->count, cpu)->entered);
	return entered == left;
}

/**
 * gate_wait_quiet - wait until no bio is under way
 * @att: the attachment
 * @deadline: in jiffies, or 0 to wait for ever
 *
 * Return: whether none is.
 */
bool gate_wait_quiet(struct blkfilter_attachment *att, unsigned long deadline)
{
	long left = MAX_SCHEDULE_TIMEOUT;

	if (deadline)
		left = max(1L, (long)(deadline - jiffies));
	atomic_inc(&att->awaited);
	smp_mb(); /* a bio that ends later sees that it is awaited */
	if (!gate_is_quiet(att))
		left = wait_event_idle_timeout(att->quiet, gate_is_quiet(att), left);
	atomic_dec(&att->awaited);
	return left > 0;
}

/* gate_put_spare - one of its struct shown has come back. Context: any. */
void gate_put_spare(struct blkfilter_attachment *att)
{
	rcu_read_lock();
	if (atomic_dec_and_test(&att->spares) && atomic_read(&att->awaited))
		wake_up(&att->quiet);
	rcu_read_unlock();
}

/* gate_wait_spares - wait until all have; the attachment is detached */
void gate_wait_spares(struct blkfilter_attachment *att)
{
	atomic_inc(&att->awaited);
	smp_mb(); /* one that comes back later sees that it is awaited */
	wait_event_idle(att->quiet, !atomic_read(&att->spares));
	atomic_dec(&att->awaited);
}

static void gate_add_held(struct blkfilter_attachment *att, struct bio *bio)
{
	/*
	 * Its submitter will have gone: nobody polls for it, and having been told
	 * that it was taken, nobody expects that it would have to wait.
	 */
	bio->bi_opf &= ~REQ_NOWAIT;
	bio_clear_polled(bio);
	bio_list_add(&att->held, bio);
}

/**
 * gate_hold - keep a bio until the gate opens
 * @att: the attachment, under RCU
 * @bio: the bio, not counted
 *
 * Return: false if the gate is open again.
 */
bool gate_hold(struct blkfilter_attachment *att, struct bio *bio)
{
	unsigned long flags;
	bool closed;

	raw_spin_lock_irqsave(&att->held_lock, flags);
	closed = att->gate_closed;
	if (closed)
		gate_add_held(att, bio);
	raw_spin_unlock_irqrestore(&att->held_lock, flags);
	return closed;
}

/**
 * gate_starve - keep a bio until there is memory for it
 * @att: the attachment, under RCU
 * @bio: the bio, not counted
 */
void gate_starve(struct blkfilter_attachment *att, struct bio *bio)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&att->held_lock, flags);
	gate_add_held(att, bio);
	if (!att->gate_closed)
		queue_work(att->wq, &att->held_work);
	raw_spin_unlock_irqrestore(&att->held_lock, flags);
}

/* Submits what was held, each bio with the memory that the way through will take. */
void gate_held_work(struct work_struct *work)
{
	struct blkfilter_attachment *att =
		container_of(work, struct blkfilter_attachment, held_work);
	struct bio_list bios;
	struct bio *bio;
	unsigned int noio;

	raw_spin_lock_irq(&att->held_lock);
	bios = att->held;
	bio_list_init(&att->held);
	raw_spin_unlock_irq(&att->held_lock);

	noio = memalloc_noio_save();
	/* Not into a closed gate: what they take from the reserve would be held with them. */
	while (!READ_ONCE(att->gate_closed) && (bio = bio_list_pop(&bios))) {
		bio_add_spare(bio, att);
		submit_bio_noacct(bio);
	}
	raw_spin_lock_irq(&att->held_lock);
	bio_list_merge_head(&att->held, &bios);
	if (!att->gate_closed && !bio_list_empty(&bios))
		queue_work(att->wq, &att->held_work);
	raw_spin_unlock_irq(&att->held_lock);
	memalloc_noio_restore(noio);
}

static void gate_close(struct blkfilter_attachment *att)
{
	raw_spin_lock_irq(&att->held_lock);
	WRITE_ONCE(att->gate_closed, true);
	raw_spin_unlock_irq(&att->held_lock);
	smp_mb(); /* pairs with the one in gate_enter() */
}

/**
 * gate_open - let the held bios go on, and all that follow
 * @att: the attachment
 */
void gate_open(struct blkfilter_attachment *att)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&att->held_lock, flags);
	/* Pairs with gate_enter(). */
	smp_store_release(&att->gate_closed, false);
	queue_work(att->wq, &att->held_work);
	raw_spin_unlock_irqrestore(&att->held_lock, flags);
}

static struct gendisk *disk_of(const struct blkfilter *flt)
{
	return flt->attachment->disk;
}

/* Moves the filter at @from behind those up to @to. */
static void move(struct blkfilter **flts, unsigned int from, unsigned int to)
{
	struct blkfilter *flt = flts[from];

	memmove(&flts[from], &flts[from + 1], (to - from) * sizeof(*flts));
	flts[to] = flt;
}

/*
 * Filters on overlapping parts of one disk have to be parked in the order in which
 * bio_filter() shows a bio to them: else it could be counted at one and be held at the
 * next. They are gathered where the last of them is, so that all that lies on them still
 * comes before, and what they lie on after.
 */
static void order_by_disk(struct blkfilter **flts, unsigned int count)
{
	unsigned int i, j;

	for (i = count; i-- > 0;)
		for (j = i; j-- > 0;)
			if (disk_of(flts[j]) == disk_of(flts[i])) {
				move(flts, j, i - 1);
				break;
			}
	for (i = 0; i < count; i++)
		for (j = i + 1; j < count && disk_of(flts[j]) == disk_of(flts[i]); j++)
			if (registry_rank(flts[i]->attachment) > registry_rank(flts[j]->attachment))
				swap(flts[i], flts[j]);
}

int blkfilter_park(struct blkfilter **flts, unsigned int count, unsigned long timeout)
{
	unsigned long deadline = (jiffies + timeout) ?: 1;
	unsigned int i;

	order_by_disk(flts, count);
	/*
	 * One after another: a write to an upper device ends only when the lower one
	 * has taken its part of it.
	 */
	for (i = 0; i < count; i++) {
		gate_close(flts[i]->attachment);
		if (!gate_wait_quiet(flts[i]->attachment, deadline)) {
			blkfilter_release(flts, i + 1);
			return -ETIMEDOUT;
		}
	}
	return 0;
}
EXPORT_SYMBOL_GPL(blkfilter_park);

void blkfilter_release(struct blkfilter **flts, unsigned int count)
{
	while (count--)
		gate_open(flts[count]->attachment);
}
EXPORT_SYMBOL_GPL(blkfilter_release);
