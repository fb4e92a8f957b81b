// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 6.8 renamed freeze_bdev() ("bdev: rename freeze and thaw helpers").
 */
#ifdef COMPAT_HAS_BDEV_FREEZE
HAS(bdev_freeze);
#else
HAS_NO(bdev_freeze);
#endif
