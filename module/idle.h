/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waits for I/O of devices that may hang for any time. The kernel reports a task that sleeps in
 * TASK_UNINTERRUPTIBLE for longer than kernel.hung_task_timeout_secs without waking up, and can be
 * configured to panic. Tasks in TASK_IDLE, and tasks that wake up in between, are not reported.
 */
#ifndef BLKSNAP_IDLE_H
#define BLKSNAP_IDLE_H

#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

/* Shorter than the shortest timeout that can be configured, a second. */
#define IDLE_PERIOD	(HZ / 2)

/* idle_wait_for_completion - wait_for_completion_io(). Context: may sleep. */
static inline void idle_wait_for_completion(struct completion *done)
{
	while (!wait_for_completion_io_timeout(done, IDLE_PERIOD))
		;
}

/**
 * idle_flush_work - flush_work()
 * @work: the work; if it is queued again meanwhile, it must be short then
 *
 * Context: may sleep.
 */
static inline void idle_flush_work(struct work_struct *work)
{
	while (work_busy(work))
		schedule_timeout_idle(1);
	flush_work(work);
}

/**
 * idle_mutex_lock - mutex_lock(), for a mutex that is held during such a wait
 * @lock: the mutex
 *
 * A task that waits killably is not reported. If it is killed, it continues to wait, by polling.
 *
 * Context: may sleep.
 */
static inline void idle_mutex_lock(struct mutex *lock)
{
	if (!mutex_lock_killable(lock))
		return;
	while (!mutex_trylock(lock))
		schedule_timeout_idle(1);
}

#endif /* BLKSNAP_IDLE_H */
