// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 6.6 fsync_bdev() writes out the file system on a device; then the holder of the
 * device has an operation for it ("block: consolidate __invalidate_device and fsync_bdev").
 */
#ifdef COMPAT_HAS_FSYNC_BDEV
HAS(fsync_bdev);
#else
HAS_NO(fsync_bdev);
#endif
