// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.18 has a cloned bio get its device at once ("block: pass a
 * block_device to bio_clone_fast"); before, it is that of the other bio.
 */
#include <linux/bio.h>

#ifdef COMPAT_HAS_BIO_CLONE
struct bio *probe(struct block_device *bdev, struct bio *bio, struct bio_set *set);
struct bio *probe(struct block_device *bdev, struct bio *bio, struct bio_set *set)
{
	return bio_alloc_clone(bdev, bio, GFP_NOIO, set);
}
#else
struct bio *probe(struct bio *bio, struct bio_set *set);
struct bio *probe(struct bio *bio, struct bio_set *set)
{
	return bio_clone_fast(bio, GFP_NOIO, set);
}
#endif
