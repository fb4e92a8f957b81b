// SPDX-License-Identifier: GPL-2.0
/*
 * In Linux 6.5 and 6.6 opening a block device takes operations of the holder ("block: introduce
 * holder ops"). Newer kernels do not have this function.
 */
#ifdef COMPAT_HAS_BLKDEV_GET_HOPS
HAS_TYPE(blkdev_get_by_path(NULL, 0, NULL, NULL), struct block_device *);
#else
/* Clashes with another declaration. */
struct block_device *blkdev_get_by_path(const char *path, fmode_t mode, void *holder);
#endif
