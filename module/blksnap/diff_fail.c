// SPDX-License-Identifier: GPL-2.0
/*
 * Giving up an image. After a failure nothing is copied or stored any more, and blocks keep their states.
 * Readers of the image check the error after they have got their data. Parked writes are resubmitted
 * only after the error was set.
 */
#include "diff_area.h"

/* Wake everybody who waits for the area, to notice that it has failed. */
static void wake_all(struct diff_area *area)
{
	wake_up_all(&area->progress);
	queue_work(area->copy_wq, &area->copy_work);
	blkfilter_wake(area->disk);
}

void diff_area_fail(struct diff_area *area, int error)
{
	if (cmpxchg(&area->error, 0, error))
		return;
	if (error != -ESHUTDOWN) {
		pr_err("image of [%u:%u] is lost (error %d)\n", MAJOR(area->dev),
		       MINOR(area->dev), error);
		if (!diff_storage_error(area->storage))
			event_queue_corrupted(&area->storage->events, &area->corrupted_event,
					      area->dev, error);
	}
	wake_all(area);
}

void diff_area_fail_all(struct diff_area *area, int error)
{
	diff_storage_fail(area->storage, area->dev, error);
	wake_all(area);
}
