// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.13 a disk and its queue are allocated, and freed, one by one ("block: add
 * blk_alloc_disk and blk_cleanup_disk APIs").
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_ALLOC_QUEUE
struct request_queue *probe(void);
struct request_queue *probe(void)
{
	return blk_alloc_queue(NUMA_NO_NODE);
}
#else
/* Clashes with the declaration where there is one. */
char blk_alloc_queue;
#endif
