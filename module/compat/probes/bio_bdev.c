// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.12 a bio has the device that it is for ("block: store a block_device pointer
 * in struct bio"), which since 5.11 is there as long as the partition is ("block: merge
 * struct block_device and struct hd_struct"); before, it has the disk and the number of the
 * partition, and a device is in two structures.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_BIO_BDEV
sector_t probe(struct bio *bio);
sector_t probe(struct bio *bio)
{
	return bio->bi_bdev->bd_start_sect;
}
#else
sector_t probe(struct bio *bio);
sector_t probe(struct bio *bio)
{
	return bio->bi_disk->part0.start_sect + bio->bi_partno;
}
#endif
