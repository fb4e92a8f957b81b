// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.14 unfreezing a queue restores what freezing it saved ("block: force noio
 * scope in blk_mq_freeze_queue"); before, nothing is saved.
 */
#include <linux/blk-mq.h>

void probe(struct request_queue *queue);
void probe(struct request_queue *queue)
{
#ifdef COMPAT_HAS_QUEUE_MEMFLAGS
	unsigned int memflags = blk_mq_freeze_queue(queue);

	blk_mq_unfreeze_queue(queue, memflags);
#else
	blk_mq_freeze_queue(queue);
	blk_mq_unfreeze_queue(queue);
#endif
}
