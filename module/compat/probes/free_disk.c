// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.18 the driver is told when the last user of a disk is gone ("block: add a
 * ->free_disk method"); before, a queue that was cleaned up calls it no more.
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_FREE_DISK
extern const struct block_device_operations probe;
const struct block_device_operations probe = { .free_disk = NULL };
#else
void probe(struct gendisk *disk);
void probe(struct gendisk *disk)
{
	blk_cleanup_queue(disk->queue);
}
#endif
