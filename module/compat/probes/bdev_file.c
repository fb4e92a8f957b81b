// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.9 opening a block device returns a file ("bdev: open block device as
 * files"); before, the device itself.
 */
#include <linux/blkdev.h>

void *probe(const char *path);
void *probe(const char *path)
{
#ifdef COMPAT_HAS_BDEV_FILE
	return bdev_file_open_by_path(path, BLK_OPEN_READ, NULL, NULL);
#else
	return blkdev_get_by_path(path, FMODE_READ, NULL);
#endif
}
