// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.1 the alignment of memory is one of the limits of a queue ("block: make
 * dma_alignment a stacking queue_limit"); before, that of logical blocks is asked for anyway.
 */
#include <linux/blkdev.h>

void probe(struct request_queue *queue);
void probe(struct request_queue *queue)
{
#ifdef COMPAT_HAS_LIMITS_DMA_ALIGNMENT
	queue->limits.dma_alignment = 0;
#else
	queue->dma_alignment = 0;
#endif
}
