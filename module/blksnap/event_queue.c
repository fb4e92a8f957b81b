// SPDX-License-Identifier: GPL-2.0
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

/* Called with the lock held. */
static void add(struct event_queue *queue, struct event *event, enum blksnap_event_codes code)
{
	event->code = code;
	event->time = ktime_get_ns();
	list_move_tail(&event->link, &queue->events);
}

void event_queue_low_space(struct event_queue *queue, struct event *event, sector_t requested)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	event->low.requested_nr_sect = requested;
	add(queue, event, blksnap_event_code_low_free_space);
	spin_unlock_irqrestore(&queue->lock, flags);
	wake_up(&queue->wait);
}

void event_queue_corrupted(struct event_queue *queue, struct event *event, dev_t dev, int error)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	event->corrupted.dev_id_mj = MAJOR(dev);
	event->corrupted.dev_id_mn = MINOR(dev);
	event->corrupted.err_code = abs(error);
	add(queue, event, blksnap_event_code_corrupted);
	spin_unlock_irqrestore(&queue->lock, flags);
	wake_up(&queue->wait);
}

void event_queue_drop(struct event_queue *queue, struct event *event)
{
	spin_lock_irq(&queue->lock);
	list_del_init(&event->link);
	spin_unlock_irq(&queue->lock);
}

/* take - Return: whether there is no more to wait for; then *ret tells how it ended. */
static bool take(struct event_queue *queue, struct blksnap_snapshot_event *out, int *ret)
{
	struct event *event;

	spin_lock_irq(&queue->lock);
	event = list_first_entry_or_null(&queue->events, struct event, link);
	*ret = queue->closed ? -ESRCH : 0;
	if (event && !queue->closed) {
		list_del_init(&event->link);
		out->code = event->code;
		out->time_label = event->time;
		if (event->code == blksnap_event_code_corrupted)
			memcpy(out->data, &event->corrupted, sizeof(event->corrupted));
		else
			memcpy(out->data, &event->low, sizeof(event->low));
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
	left = wait_event_interruptible_timeout(queue->wait, take(queue, event, &ret),
						msecs_to_jiffies(timeout_ms));
	if (left < 0)
		return -EINTR;
	return left ? ret : -ENOENT;
}
