// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.9 opening a block device returns a file ("bdev: open block device as files").
 */
#ifdef COMPAT_HAS_BDEV_FILE
HAS(bdev_file_open_by_path);
#else
HAS_NO(bdev_file_open_by_path);
#endif
