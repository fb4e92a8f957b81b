// SPDX-License-Identifier: GPL-2.0
#include <linux/build_bug.h>
#include <linux/jiffies.h>
#include <linux/kdev_t.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include "event_queue.h"

void event_queue_init(struct event_queue *queue)
{
	spin_lock_init(&queue->lock);
	init_waitqueue_head(&queue->wait);
	INIT_LIST_HEAD(&queue->events);
}

void event_queue_close(struct event_queue *queue)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	queue->closed = true;
	spin_unlock_irqrestore(&queue->lock, flags);
	wake_up_all(&queue->wait);
}

/* Context: queue->lock. */
static void add_event(struct event_queue *queue, struct queued_event *event,
		      enum blksnap_event_codes code)
{
	event->code = code;
	event->time = ktime_get_ns();
	list_move_tail(&event->link, &queue->events);
}

void event_queue_low_space(struct event_queue *queue, struct queued_event *event,
			   sector_t requested)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	event->data.low.requested_nr_sect = requested;
	add_event(queue, event, blksnap_event_code_low_free_space);
	spin_unlock_irqrestore(&queue->lock, flags);
	wake_up(&queue->wait);
}

void event_queue_corrupted(struct event_queue *queue, struct queued_event *event, dev_t dev,
			   int error)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	event->data.corrupted.dev_id_mj = MAJOR(dev);
	event->data.corrupted.dev_id_mn = MINOR(dev);
	event->data.corrupted.err_code = abs(error);
	add_event(queue, event, blksnap_event_code_corrupted);
	spin_unlock_irqrestore(&queue->lock, flags);
	wake_up(&queue->wait);
}

void event_queue_drop(struct event_queue *queue, struct queued_event *event)
{
	spin_lock_irq(&queue->lock);
	list_del_init(&event->link);
	spin_unlock_irq(&queue->lock);
}

/*
 * fetch_event - fetch the oldest event, if there is one
 *
 * Return: false to wait on. Otherwise *ret is the result of the wait: 0 or -ESRCH.
 */
static bool fetch_event(struct event_queue *queue, struct blksnap_snapshot_event *out, int *ret)
{
	struct queued_event *event;

	spin_lock_irq(&queue->lock);
	event = list_first_entry_or_null(&queue->events, struct queued_event, link);
	*ret = queue->closed ? -ESRCH : 0;
	if (event && !queue->closed) {
		list_del_init(&event->link);
		out->code = event->code;
		out->time_label = event->time;
		/* Whatever its kind is: the rest of the union is zero, as it has one kind only. */
		BUILD_BUG_ON(sizeof(event->data) > sizeof(out->data));
		memcpy(out->data, &event->data, sizeof(event->data));
	}
	spin_unlock_irq(&queue->lock);
	return *ret || event;
}

int event_queue_wait(struct event_queue *queue, unsigned int timeout_ms,
		     struct blksnap_snapshot_event *event)
{
	long left;
	int ret;

	memset(event->data, 0, sizeof(event->data));
	left = wait_event_interruptible_timeout(queue->wait, fetch_event(queue, event, &ret),
						msecs_to_jiffies(timeout_ms));
	if (left < 0)
		return -EINTR;
	return left ? ret : -ENOENT;
}
