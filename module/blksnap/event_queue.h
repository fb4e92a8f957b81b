/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The events of a snapshot, for those who wait for them.
 */
#ifndef BLKSNAP_EVENT_QUEUE_H
#define BLKSNAP_EVENT_QUEUE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <uapi/linux/blksnap.h>

/**
 * struct event - something that can happen to a snapshot
 * @link: in event_queue::events until somebody takes it
 * @code: what it is
 * @time: when it came about, in nanoseconds of the monotonic clock
 * @low: data of blksnap_event_code_low_free_space
 * @corrupted: data of blksnap_event_code_corrupted
 *
 * Part of what it happens to, so that none is lost for want of memory.
 */
struct event {
	struct list_head link;
	enum blksnap_event_codes code;
	s64 time;
	union {
		struct blksnap_event_low_free_space low;
		struct blksnap_event_corrupted corrupted;
	};
};

static inline void event_init(struct event *event)
{
	INIT_LIST_HEAD(&event->link);
}

/**
 * struct event_queue - the events that nobody has taken yet
 * @lock: protects all but @wait, and the events; taken in any context
 * @wait: where event_queue_wait() sleeps
 * @closed: no more events will come
 * @events: in the order in which they came about
 */
struct event_queue {
	spinlock_t lock;
	wait_queue_head_t wait;
	bool closed;
	struct list_head events;
};

void event_queue_init(struct event_queue *queue);

/* event_queue_close - wake all who wait: the snapshot has been destroyed */
void event_queue_close(struct event_queue *queue);

/* Both add an event, or change one that is still there; in any context. */
void event_queue_low_space(struct event_queue *queue, struct event *event, sector_t requested);
void event_queue_corrupted(struct event_queue *queue, struct event *event, dev_t dev, int error);

/* event_queue_drop - an event is not there any more, whether somebody has taken it or not */
void event_queue_drop(struct event_queue *queue, struct event *event);

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
