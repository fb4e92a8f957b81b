// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.10 freezing a device returns its file system ("fs: simplify
 * freeze_bdev/thaw_bdev").
 */
#ifdef COMPAT_HAS_FREEZE_BDEV_SUPER
HAS_TYPE(freeze_bdev(NULL), struct super_block *);
#else
/* Clashes with another declaration. */
int freeze_bdev(struct block_device *bdev);
#endif
