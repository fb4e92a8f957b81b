// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.9 the limits of a queue are given when its disk is allocated ("block: pass
 * a queue_limits argument to blk_alloc_disk"); before, each has a function to set it.
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_DISK_LIMITS
struct gendisk *probe(void);
struct gendisk *probe(void)
{
	struct queue_limits lim = { .logical_block_size = 512 };

	return blk_alloc_disk(&lim, NUMA_NO_NODE);
}
#else
void probe(struct gendisk *disk);
void probe(struct gendisk *disk)
{
	blk_queue_logical_block_size(disk->queue, 512);
}
#endif
