/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The parked writes of an area, for the copy worker.
 */
#ifndef BLKSNAP_DIFF_PARK_H
#define BLKSNAP_DIFF_PARK_H

#include "diff_area.h"

/* diff_park_init - initialize the queues of an area and their timer */
void diff_park_init(struct diff_area *area);

/**
 * diff_park_exit - stop the timer
 * @area: the area, without parked writes
 *
 * Context: may sleep.
 */
void diff_park_exit(struct diff_area *area);

/**
 * diff_park_remove - note that a write is no longer parked
 * @area: the area
 * @queue: the queue that it was in
 * @bio: the write, which the copy worker has taken off the list
 *
 * Context: the copy worker, before it resubmits or ends the bio.
 */
void diff_park_remove(struct diff_area *area, struct park_queue *queue, struct bio *bio);

/**
 * diff_park_progress - note that a window of the first write of a queue was copied
 * @area: the area
 * @queue: the queue
 *
 * Restarts the time limit of the write.
 *
 * Context: the copy worker.
 */
void diff_park_progress(struct diff_area *area, struct park_queue *queue);

#endif /* BLKSNAP_DIFF_PARK_H */
