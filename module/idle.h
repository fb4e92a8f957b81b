/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waits for what depends on somebody else's I/O, which may be hung for as long as it likes. The
 * kernel reports a task that sleeps uninterruptibly for too long without a break
 * (kernel.hung_task_timeout_secs), and may be set up to panic then. It passes over those that
 * sleep in TASK_IDLE, and those that have been awake in between.
 */
#ifndef BLKSNAP_IDLE_H
#define BLKSNAP_IDLE_H

#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

/* Shorter than the shortest timeout that can be set, a second. */
#define IDLE_PERIOD	(HZ / 2)

/* idle_wait_for_completion - as wait_for_completion_io() */
static inline void idle_wait_for_completion(struct completion *done)
{
	while (!wait_for_completion_io_timeout(done, IDLE_PERIOD))
		;
}

/* idle_flush_work - as flush_work(); nobody else queues the work meanwhile, or it is short then */
static inline void idle_flush_work(struct work_struct *work)
{
	while (work_busy(work))
		schedule_timeout_idle(1);
	flush_work(work);
}

/*
 * idle_mutex_lock - as mutex_lock(), for one that is held over such a wait
 *
 * A task that could be killed is not reported. If it is killed it waits on, not in turn any more.
 */
static inline void idle_mutex_lock(struct mutex *lock)
{
	if (!mutex_lock_killable(lock))
		return;
	while (!mutex_trylock(lock))
		schedule_timeout_idle(1);
}

#endif /* BLKSNAP_IDLE_H */
