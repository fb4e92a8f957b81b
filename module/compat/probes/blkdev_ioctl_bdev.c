// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.15 blkdev_ioctl() is called for a device, by block_ioctl(), which is called
 * for the file ("block: merge block_ioctl into blkdev_ioctl"). Only the former is declared.
 */
#include <linux/blkdev.h>
#include <linux/fs.h>

#ifdef COMPAT_HAS_BLKDEV_IOCTL_BDEV
int probe(struct block_device *bdev, fmode_t mode);
int probe(struct block_device *bdev, fmode_t mode)
{
	return blkdev_ioctl(bdev, mode, 0, 0);
}
#else
/* Clashes with the declaration where there is one. */
char blkdev_ioctl;
#endif
