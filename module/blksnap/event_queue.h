/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The events of a snapshot, queued until a program fetches them.
 */
#ifndef BLKSNAP_EVENT_QUEUE_H
#define BLKSNAP_EVENT_QUEUE_H

#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <uapi/linux/blksnap.h>

/**
 * struct queued_event - an event that can happen to a snapshot
 * @link: in &event_queue.events while it is queued, else empty
 * @code: kind of event, which tells the member of @data
 * @time: when it happened, in nanoseconds of the monotonic clock
 * @data: what a program gets with it
 *
 * Embedded in what the event happens to, so queueing it cannot fail. An event has one code all its
 * life.
 */
struct queued_event {
	struct list_head link;
	enum blksnap_event_codes code;
	s64 time;
	union {
		struct blksnap_event_low_free_space low;
		struct blksnap_event_corrupted corrupted;
	} data;
};

/* queued_event_init - initialize an event, in zeroed memory */
static inline void queued_event_init(struct queued_event *event)
{
	INIT_LIST_HEAD(&event->link);
}

/**
 * struct event_queue - the events that no program has fetched yet
 * @lock: protects @closed, @events, and all members of queued events; taken in any context
 * @wait: woken when an event is queued or the queue is closed
 * @closed: the snapshot is destroyed
 * @events: struct queued_event, oldest first
 */
struct event_queue {
	spinlock_t lock;
	wait_queue_head_t wait;
	bool closed;
	struct list_head events;
};

/* event_queue_init - initialize an empty queue */
void event_queue_init(struct event_queue *queue);

/**
 * event_queue_close - wake all waiters, because the snapshot is destroyed
 * @queue: the queue
 *
 * Context: any.
 */
void event_queue_close(struct event_queue *queue);

/**
 * event_queue_low_space - queue a request for storage
 * @queue: the queue
 * @event: the event; if it is queued already, it is replaced
 * @requested: number of sectors
 *
 * Context: any.
 */
void event_queue_low_space(struct event_queue *queue, struct queued_event *event,
			   sector_t requested);

/**
 * event_queue_corrupted - queue the event that an image is lost
 * @queue: the queue
 * @event: the event
 * @dev: number of the snapshotted device
 * @error: negative errno
 *
 * Context: any.
 */
void event_queue_corrupted(struct event_queue *queue, struct queued_event *event, dev_t dev,
			   int error);

/**
 * event_queue_drop - remove an event, if it is still queued
 * @queue: the queue
 * @event: the event, which may be freed afterwards
 *
 * Context: process context; does not sleep.
 */
void event_queue_drop(struct event_queue *queue, struct queued_event *event);

/**
 * event_queue_wait - fetch the oldest event
 * @queue: the queue
 * @timeout_ms: how long to wait for one
 * @event: filled in, except for its id and timeout_ms
 *
 * Context: may sleep.
 * Return: 0; -ENOENT after @timeout_ms; -EINTR; -ESRCH if the queue is closed.
 */
int event_queue_wait(struct event_queue *queue, unsigned int timeout_ms,
		     struct blksnap_snapshot_event *event);

#endif /* BLKSNAP_EVENT_QUEUE_H */
