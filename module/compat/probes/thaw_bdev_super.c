// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.10 freezing a device returns its file system, which is to be given to whoever
 * thaws it ("fs: simplify freeze_bdev/thaw_bdev").
 */
#include <linux/blkdev.h>
#include <linux/fs.h>

#ifdef COMPAT_HAS_THAW_BDEV_SUPER
int probe(struct block_device *bdev, struct super_block *sb);
int probe(struct block_device *bdev, struct super_block *sb)
{
	return thaw_bdev(bdev, sb);
}
#else
/* Clashes with the declaration that there is then; newer kernels have this one or none. */
int thaw_bdev(struct block_device *bdev);
#endif
