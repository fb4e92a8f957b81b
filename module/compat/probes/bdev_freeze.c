// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 6.8 renamed freeze_bdev() and thaw_bdev() ("bdev: rename freeze and thaw helpers").
 */
#include <linux/blkdev.h>

int probe(struct block_device *bdev);
int probe(struct block_device *bdev)
{
#ifdef COMPAT_HAS_BDEV_FREEZE
	return bdev_freeze(bdev) ?: bdev_thaw(bdev);
#else
	return freeze_bdev(bdev) ?: thaw_bdev(bdev);
#endif
}
