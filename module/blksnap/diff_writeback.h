/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The second half of copy-on-write: the store worker writes the copies to the storage, after the writes
 * to the origin were resubmitted, and puts their buffers.
 */
#ifndef BLKSNAP_DIFF_WRITEBACK_H
#define BLKSNAP_DIFF_WRITEBACK_H

struct diff_area;
struct diff_batch;

/**
 * diff_writeback_init - set up the store worker
 * @area: the area, with its buffers and its storage
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; diff_writeback_exit() has to follow in both cases.
 */
int diff_writeback_init(struct diff_area *area);

/**
 * diff_writeback_exit - stop the store worker
 * @area: the area, failed; or diff_writeback_init() has failed or was not called
 *
 * Nothing is written to the storage on return.
 *
 * Context: may sleep.
 */
void diff_writeback_exit(struct diff_area *area);

/**
 * diff_writeback_queue - pass the copies of a batch to the store worker
 * @area: the area
 * @batch: the batch, whose copies have been read
 *
 * Context: process context; does not sleep.
 */
void diff_writeback_queue(struct diff_area *area, struct diff_batch *batch);

/**
 * diff_writeback_wait - wait until a copy was stored
 * @area: the area
 * @seen: earlier value of &diff_area.stored
 *
 * Returns when the value has changed or the area has failed. If writes are parked meanwhile, the area
 * fails after copy_timeout.
 *
 * Context: may sleep.
 */
void diff_writeback_wait(struct diff_area *area, unsigned long seen);

#endif /* BLKSNAP_DIFF_WRITEBACK_H */
