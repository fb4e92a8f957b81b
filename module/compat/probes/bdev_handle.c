// SPDX-License-Identifier: GPL-2.0
/*
 * In Linux 6.7 and 6.8 opening a block device returns a handle ("block: Provide bdev_open_*
 * functions").
 */
#ifdef COMPAT_HAS_BDEV_HANDLE
HAS(bdev_open_by_path);
#else
HAS_NO(bdev_open_by_path);
#endif
