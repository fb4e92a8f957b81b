/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The events of a snapshot, for those who wait for them.
 */
#ifndef BLKSNAP_EVENT_QUEUE_H
#define BLKSNAP_EVENT_QUEUE_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <uapi/linux/blksnap.h>

#define EVENT_KINDS	2

/**
 * struct event_queue - at most one event of each kind, until somebody takes it
 * @lock: protects all but @wait; taken in any context
 * @wait: where event_queue_wait() sleeps
 * @closed: no more events will come
 * @pending: which of the events below wait to be taken, by code
 * @time: when each came about, in nanoseconds of the monotonic clock
 * @low: data of blksnap_event_code_low_free_space
 * @corrupted: data of blksnap_event_code_corrupted
 *
 * There is room for each event from the start: none is lost for want of memory. A
 * snapshot is corrupted only once, and asks for more storage only after it has got what
 * it asked for before.
 */
struct event_queue {
	spinlock_t lock;
	wait_queue_head_t wait;
	bool closed;
	bool pending[EVENT_KINDS];
	s64 time[EVENT_KINDS];
	struct blksnap_event_low_free_space low;
	struct blksnap_event_corrupted corrupted;
};

void event_queue_init(struct event_queue *queue);

/* event_queue_close - wake all who wait: the snapshot has been destroyed */
void event_queue_close(struct event_queue *queue);

/* Both add an event, in any context. */
void event_queue_low_space(struct event_queue *queue, sector_t requested);
void event_queue_corrupted(struct event_queue *queue, dev_t dev, int error);

/**
 * event_queue_wait - take the oldest event
 * @queue: the queue
 * @timeout_ms: for how long to wait for one
 * @event: filled in, but for its id and timeout_ms
 *
 * Context: may sleep.
 * Return: 0; -ENOENT after @timeout_ms; -EINTR; -ESRCH when closed.
 */
int event_queue_wait(struct event_queue *queue, unsigned int timeout_ms,
		     struct blksnap_snapshot_event *event);

#endif /* BLKSNAP_EVENT_QUEUE_H */
