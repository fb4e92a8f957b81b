// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 6.8 renamed freeze_bdev() and thaw_bdev() ("bdev: rename freeze and thaw helpers").
 */
#include <linux/blkdev.h>

void *probe(void);
void *probe(void)
{
#ifdef COMPAT_HAS_BDEV_FREEZE
	return bdev_freeze;
#else
	return freeze_bdev;
#endif
}
