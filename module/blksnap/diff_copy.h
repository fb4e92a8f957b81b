/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BLKSNAP_DIFF_COPY_H
#define BLKSNAP_DIFF_COPY_H

#include <linux/workqueue.h>

/**
 * diff_copy_work - copy the blocks of parked writes and of requests, and resubmit the writes
 * @work: &diff_area.copy_work
 *
 * Context: the copy worker.
 */
void diff_copy_work(struct work_struct *work);

#endif /* BLKSNAP_DIFF_COPY_H */
