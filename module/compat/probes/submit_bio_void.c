// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.16 submitting a bio returns nothing ("block: switch polling to be bio based");
 * before, a cookie to poll with.
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_SUBMIT_BIO_VOID
#define RESULT void
#else
#define RESULT blk_qc_t
#endif

void probe(struct block_device_operations *ops, RESULT (*function)(struct bio *bio));
void probe(struct block_device_operations *ops, RESULT (*function)(struct bio *bio))
{
	ops->submit_bio = function;
}
