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
static void add(struct event_queue *queue, unsigned int code)
{
	queue->pending[code] = true;
	queue->time[code] = ktime_get_ns();
}

void event_queue_low_space(struct event_queue *queue, sector_t requested)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	queue->low.requested_nr_sect = requested;
	add(queue, blksnap_event_code_low_free_space);
	spin_unlock_irqrestore(&queue->lock, flags);
	wake_up(&queue->wait);
}

void event_queue_corrupted(struct event_queue *queue, dev_t dev, int error)
{
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	queue->corrupted.dev_id_mj = MAJOR(dev);
	queue->corrupted.dev_id_mn = MINOR(dev);
	queue->corrupted.err_code = abs(error);
	add(queue, blksnap_event_code_corrupted);
	spin_unlock_irqrestore(&queue->lock, flags);
	wake_up(&queue->wait);
}

static int oldest(const struct event_queue *queue)
{
	int code, found = -1;

	for (code = 0; code < EVENT_KINDS; code++)
		if (queue->pending[code] &&
		    (found < 0 || queue->time[code] < queue->time[found]))
			found = code;
	return found;
}

/* take - Return: whether there is no more to wait for; then *ret tells how it ended. */
static bool take(struct event_queue *queue, struct blksnap_snapshot_event *event, int *ret)
{
	int code;

	spin_lock_irq(&queue->lock);
	code = oldest(queue);
	*ret = 0;
	if (queue->closed) {
		*ret = -ESRCH;
	} else if (code >= 0) {
		queue->pending[code] = false;
		event->code = code;
		event->time_label = queue->time[code];
		if (code == blksnap_event_code_corrupted)
			memcpy(event->data, &queue->corrupted, sizeof(queue->corrupted));
		else
			memcpy(event->data, &queue->low, sizeof(queue->low));
	}
	spin_unlock_irq(&queue->lock);
	return *ret || code >= 0;
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
