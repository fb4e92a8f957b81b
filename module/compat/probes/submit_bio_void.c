// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.16 submitting a bio returns nothing ("block: switch polling to be bio based");
 * before, a cookie to poll with.
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_SUBMIT_BIO_VOID
typedef void submit_fn_t(struct bio *bio);
#else
typedef blk_qc_t submit_fn_t(struct bio *bio);
#endif

void probe(struct block_device_operations *ops, submit_fn_t *function);
void probe(struct block_device_operations *ops, submit_fn_t *function)
{
	ops->submit_bio = function;
}
