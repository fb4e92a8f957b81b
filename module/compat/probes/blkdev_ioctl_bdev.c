// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.15 blkdev_ioctl() is called for a device, by block_ioctl(), which is called for
 * the file ("block: merge block_ioctl into blkdev_ioctl"). Newer kernels do not declare it.
 */
#ifdef COMPAT_HAS_BLKDEV_IOCTL_BDEV
HAS_TYPE(blkdev_ioctl, int (struct block_device *, fmode_t, unsigned int, unsigned long));
#else
/* Clashes with another declaration. */
long blkdev_ioctl(struct file *file, unsigned int cmd, unsigned long arg);
#endif
