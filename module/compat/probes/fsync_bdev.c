// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 6.6 fsync_bdev() wrote out the file system on a device; since then the holder of the
 * device has an operation for it ("block: consolidate __invalidate_device and fsync_bdev").
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_FSYNC_BDEV
void *probe(void);
void *probe(void)
{
	return fsync_bdev;
}
#else
extern const struct blk_holder_ops probe;
const struct blk_holder_ops probe = { .sync = NULL };
#endif
