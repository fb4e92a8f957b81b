// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.11 struct block_device is what a partition is ("block: merge struct block_device
 * and struct hd_struct"); before, there are two structures.
 */
#ifdef COMPAT_HAS_BDEV_PART
HAS_TYPE(((struct gendisk *)0)->part0, struct block_device *);
#else
HAS_TYPE(((struct gendisk *)0)->part0, struct hd_struct);
#endif
