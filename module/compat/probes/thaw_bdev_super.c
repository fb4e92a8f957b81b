// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.10 whoever thaws a device has to say which file system is frozen ("fs: simplify
 * freeze_bdev/thaw_bdev").
 */
#ifdef COMPAT_HAS_THAW_BDEV_SUPER
HAS_TYPE(thaw_bdev, int (struct block_device *, struct super_block *));
#else
/* Clashes with another declaration. */
int thaw_bdev(struct block_device *bdev);
#endif
