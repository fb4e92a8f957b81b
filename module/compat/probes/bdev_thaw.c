// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 6.8 renamed thaw_bdev() ("bdev: rename freeze and thaw helpers").
 */
#ifdef COMPAT_HAS_BDEV_THAW
HAS(bdev_thaw);
#else
HAS_NO(bdev_thaw);
#endif
