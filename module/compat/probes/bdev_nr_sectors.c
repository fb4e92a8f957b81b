// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.11 has a name for the size of a device ("block: remove the nr_sects field in struct
 * hd_struct").
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_BDEV_NR_SECTORS
sector_t probe(struct block_device *bdev);
sector_t probe(struct block_device *bdev)
{
	return bdev_nr_sectors(bdev);
}
#else
/* Clashes with the declaration where there is one. */
char bdev_nr_sectors;
#endif
