// SPDX-License-Identifier: GPL-2.0
/*
 * In Linux 6.5 and 6.6 closing a block device takes the holder ("block: use the holder as
 * indication for exclusive opens"); before, the mode that it was opened with.
 */
#ifdef COMPAT_HAS_BLKDEV_PUT_HOLDER
HAS_TYPE(blkdev_put, void (struct block_device *, void *));
#else
/* Clashes with another declaration. */
void blkdev_put(struct block_device *bdev, fmode_t mode);
#endif
