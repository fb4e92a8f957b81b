// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.15 says of a disk whether it is there ("block: remove GENHD_FL_UP"); before,
 * there is a flag for that.
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_DISK_LIVE
bool probe(struct gendisk *disk);
bool probe(struct gendisk *disk)
{
	return disk_live(disk);
}
#else
bool probe(struct gendisk *disk);
bool probe(struct gendisk *disk)
{
	return disk->flags & GENHD_FL_UP;
}
#endif
