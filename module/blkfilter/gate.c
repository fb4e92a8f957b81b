// SPDX-License-Identifier: GPL-2.0
/*
 * The gate in front of a filtered device: bios are counted in when they are shown to the
 * filter and out when they end, and can be held back.
 *
 * Counting has to be cheap and free of shared cache lines, waiting may be slow. So the
 * counters are per CPU, and the way in and the one who closes the gate each write first
 * and look then, with a full barrier between:
 *
 *	gate_enter() (blkfilter.h)	blkfilter_quiesce()
 *	  count the bio in		  close the gate
 *	  smp_mb()			  smp_mb()
 *	  gate closed? count it out	  sum up the counters
 *
 * Either the bio sees the gate closed, or the sum sees the bio.
 *
 * The sum reads the bios that left before those that entered: a bio counted among the former is
 * then also among the latter, so that equal sums mean that none was under way in between (the
 * argument is that of SRCU's readers). Loads and stores of other CPUs may be seen in any order that
 * no barrier forbids (arm64 makes use of that), and a bio may end on another CPU than it entered
 * on. So that is a chain:
 *
 *	entering CPU		ending CPU			who waits
 *	  entered++		  (was handed the bio)		  sum of exited, sees it
 *	  smp_mb()		  barrier before the increment	  smp_mb()
 *	  submits the bio	  exited++			  sum of entered
 *
 * The first smp_mb() orders the count before all by which the bio gets to the ending CPU; the
 * barrier there orders that, and all that was done for the bio, before the count; and barriers of
 * this kind also order what other CPUs did before what was seen. So whoever has seen the bio leave
 * sees it entered, and, after the second smp_mb(), all that its filter did: the filter may be
 * switched to something else. Where an increment is one instruction on memory of a CPU it is still
 * no atomic operation that orders anything, nor one to which smp_mb__before_atomic() belongs.
 *
 * What is switched while the gate is closed is seen by bios that enter later: gate_open() stores
 * with release, gate_enter() loads with acquire. And who waits is woken: the ending CPU counts, has
 * a full barrier, and looks whether anybody waits; who waits says so, has a full barrier, and sums.
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
 * gate_wait_drained - wait until no bio is under way
 * @att: the attachment
 * @deadline: in jiffies, or 0 to wait for ever
 *
 * Return: whether none is.
 */
bool gate_wait_drained(struct blkfilter_attachment *att, unsigned long deadline)
{
	long left = MAX_SCHEDULE_TIMEOUT;

	if (deadline)
		left = max(1L, (long)(deadline - jiffies));
	atomic_inc(&att->nr_waiters);
	smp_mb(); /* a bio that ends later sees that it is awaited */
	if (!gate_is_drained(att))
		left = wait_event_idle_timeout(att->drain_wait, gate_is_drained(att), left);
	atomic_dec(&att->nr_waiters);
	return left > 0;
}

/* gate_put_reserve - one of its struct bio_ctx has come back. Context: any. */
void gate_put_reserve(struct blkfilter_attachment *att)
{
	rcu_read_lock();
	if (atomic_dec_and_test(&att->reserve_used) && atomic_read(&att->nr_waiters))
		wake_up(&att->drain_wait);
	rcu_read_unlock();
}

/* gate_wait_reserve - wait until all have; the attachment is detached */
void gate_wait_reserve(struct blkfilter_attachment *att)
{
	atomic_inc(&att->nr_waiters);
	smp_mb(); /* one that comes back later sees that it is awaited */
	wait_event_idle(att->drain_wait, !atomic_read(&att->reserve_used));
	atomic_dec(&att->nr_waiters);
}

/*
 * Where submitters wait for room, by disk. Woken when there is some for anybody of them: who does
 * not get any waits again.
 */
#define ROOM_BITS	6
static wait_queue_head_t rooms[1 << ROOM_BITS];
/*
 * So long at most, for each bio. Whatever else there is to limit how long it takes, the wait is no
 * part of it; and what is submitted after that is so little that it does not matter.
 */
#define ROOM_TIMEOUT	(5 * HZ)

void blkfilter_wake(struct gendisk *disk)
{
	wait_queue_head_t *room = &rooms[hash_ptr(disk, ROOM_BITS)];

	if (wq_has_sleeper(room))
		wake_up_all(room);
}
EXPORT_SYMBOL_GPL(blkfilter_wake);

/**
 * gate_may_wait - whether the submitter of a bio can be made to wait
 * @bio: the bio
 *
 * As it could be made to wait for a request, but less often: not with current->bio_list set, since
 * bios that are counted may be in it; not those who free memory; and not those who are on the way
 * of I/O themselves, our own workers among them, which all forbid I/O to the allocator.
 *
 * Context: any, see gate_wait_room().
 */
bool gate_may_wait(const struct bio *bio)
{
	return in_task() && !current->bio_list && !(bio->bi_opf & REQ_NOWAIT) &&
	       !(current->flags & (PF_MEMALLOC | PF_MEMALLOC_NOIO));
}

/**
 * gate_wait_room - wait until a bio can go on or be taken
 * @bio: a bio that is being submitted, for which bio_filter() has returned %BLKFILTER_WAIT
 *
 * It is counted nowhere meanwhile, so that no take waits for its submitter. What makes room does
 * not depend on the submitter either, whatever locks that may hold: copying needs the origin, the
 * storage and its own reserves. If there is no room in time, it is taken all the same.
 *
 * Context: in place of submit_bio_noacct(). That sleeps; where it is called all the same with
 * interrupts or preemption off, nobody waits.
 * Return: whether it is to be submitted; else it was taken, and may be gone.
 */
bool gate_wait_room(struct bio *bio)
{
	struct gendisk *disk = compat_bio_disk(bio);
	struct hlist_head *bucket = registry_bucket(disk);
	enum blkfilter_verdict verdict = BLKFILTER_WAIT;

	/* Whoever submitted it is not told where to poll. */
	bio_clear_polled(bio);
	if (!preempt_count() && !irqs_disabled())
		wait_event_idle_timeout(rooms[hash_ptr(disk, ROOM_BITS)],
					(verdict = bio_filter(bio, bucket)) != BLKFILTER_WAIT,
					ROOM_TIMEOUT);
	if (verdict == BLKFILTER_WAIT) {
		/* Now as one that may not wait. It is cleared when the bio is submitted. */
		bio->bi_opf |= REQ_NOWAIT;
		verdict = bio_filter(bio, bucket);
		if (verdict == BLKFILTER_PASS)
			bio->bi_opf &= ~REQ_NOWAIT;
	}
	return verdict == BLKFILTER_PASS;
}

void gate_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rooms); i++)
		init_waitqueue_head(&rooms[i]);
}

/* gate_add_held - keep a bio until held_work is queued. Called with held_lock held. */
void gate_add_held(struct blkfilter_attachment *att, struct bio *bio)
{
	/*
	 * Its submitter will have gone: nobody polls for it, and having been told
	 * that it was taken, nobody expects that it would have to wait.
	 */
	bio->bi_opf &= ~REQ_NOWAIT;
	bio_clear_polled(bio);
	/* Those that need a spare may wait for one that is held here. */
	if (bio_is_shown(bio, NULL))
		bio_list_add_head(&att->held, bio);
	else
		bio_list_add(&att->held, bio);
	att->nr_held++;
}

/* Called with held_lock held. */
static bool has_room(const struct blkfilter_attachment *att, const struct bio *bio)
{
	return att->nr_held < HELD_ENOUGH || !gate_may_wait(bio);
}

/**
 * gate_hold - keep a bio until the gate opens
 * @att: the attachment, under RCU
 * @bio: the bio, not counted
 *
 * Return: %BLKFILTER_KEEP; %BLKFILTER_WAIT if enough are held and its submitter can wait;
 * %BLKFILTER_PASS if the gate is open again.
 */
enum blkfilter_verdict gate_hold(struct blkfilter_attachment *att, struct bio *bio)
{
	enum blkfilter_verdict verdict = BLKFILTER_PASS;
	unsigned long flags;

	raw_spin_lock_irqsave(&att->held_lock, flags);
	if (att->gate_closed)
		verdict = has_room(att, bio) ? BLKFILTER_KEEP : BLKFILTER_WAIT;
	if (verdict == BLKFILTER_KEEP)
		gate_add_held(att, bio);
	raw_spin_unlock_irqrestore(&att->held_lock, flags);
	return verdict;
}

/**
 * gate_hold_nomem - keep a bio until there is memory for it
 * @att: the attachment, under RCU
 * @bio: the bio, not counted
 *
 * Return: %BLKFILTER_KEEP, or %BLKFILTER_WAIT as gate_hold().
 */
enum blkfilter_verdict gate_hold_nomem(struct blkfilter_attachment *att, struct bio *bio)
{
	enum blkfilter_verdict verdict;
	unsigned long flags;

	raw_spin_lock_irqsave(&att->held_lock, flags);
	verdict = has_room(att, bio) ? BLKFILTER_KEEP : BLKFILTER_WAIT;
	if (verdict == BLKFILTER_KEEP) {
		gate_add_held(att, bio);
		if (!att->gate_closed)
			queue_work(att->wq, &att->held_work);
	}
	raw_spin_unlock_irqrestore(&att->held_lock, flags);
	return verdict;
}

/* take_held - the next held bio to go on, if any. Not into a closed gate, see take_first(). */
static struct bio *take_held(struct blkfilter_attachment *att)
{
	struct bio *bio = NULL;
	bool room = false;

	raw_spin_lock_irq(&att->held_lock);
	if (!att->gate_closed)
		bio = bio_list_pop(&att->held);
	if (bio)
		room = --att->nr_held == HELD_ROOM;
	raw_spin_unlock_irq(&att->held_lock);
	if (room)
		blkfilter_wake(att->disk);
	return bio;
}

/* Submits what was held, each bio with the memory that the way through will take. */
void gate_held_work(struct work_struct *work)
{
	struct blkfilter_attachment *att =
		container_of(work, struct blkfilter_attachment, held_work);
	unsigned int noio = memalloc_noio_save();
	struct bio *bio;

	while ((bio = take_held(att)))
		lane_submit(att, bio);
	memalloc_noio_restore(noio);
}

/**
 * gate_close - hold the bios that come from now on
 * @att: the attachment
 */
void gate_close(struct blkfilter_attachment *att)
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
	blkfilter_wake(att->disk);
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

/*
 * wait_last_drained - wait until no bio is under way at the last of those that were closed
 *
 * Not everybody can be made to wait at a closed gate, so that there is a limit to what is held there.
 */
static bool wait_last_drained(struct blkfilter **flts, unsigned int count, unsigned long deadline)
{
	unsigned long look;
	unsigned int i;

	do {
		look = (jiffies + HZ / 10) ?: 1; /* 0 is for ever */
		if (gate_wait_drained(flts[count - 1]->attachment,
				    time_before(look, deadline) ? look : deadline))
			return true;
		for (i = 0; i < count; i++)
			if (READ_ONCE(flts[i]->attachment->nr_held) >= queued_max())
				return false;
	} while (time_before(jiffies, deadline));
	return false;
}

int blkfilter_quiesce(struct blkfilter **flts, unsigned int count, unsigned long timeout)
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
		if (!wait_last_drained(flts, i + 1, deadline)) {
			blkfilter_resume(flts, i + 1);
			return -ETIMEDOUT;
		}
	}
	return 0;
}
EXPORT_SYMBOL_GPL(blkfilter_quiesce);

void blkfilter_resume(struct blkfilter **flts, unsigned int count)
{
	while (count--)
		gate_open(flts[count]->attachment);
}
EXPORT_SYMBOL_GPL(blkfilter_resume);
