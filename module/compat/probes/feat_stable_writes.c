// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.11 that data is to stay as it is while it is written is a feature among the
 * limits of a queue ("block: move the stable_writes flag to queue_limits"); before, it is a flag.
 */
#include <linux/blkdev.h>

void probe(struct request_queue *queue);
void probe(struct request_queue *queue)
{
#ifdef COMPAT_HAS_FEAT_STABLE_WRITES
	queue->limits.features |= BLK_FEAT_STABLE_WRITES;
#else
	blk_queue_flag_set(QUEUE_FLAG_STABLE_WRITES, queue);
#endif
}
