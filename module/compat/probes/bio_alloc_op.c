// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.18 a bio is allocated for a device and an operation ("block: pass a
 * block_device and opf to bio_alloc_bioset").
 */
#ifdef COMPAT_HAS_BIO_ALLOC_OP
struct bio *probe(struct block_device *bdev, struct bio_set *set);
struct bio *probe(struct block_device *bdev, struct bio_set *set)
{
	return bio_alloc_bioset(bdev, 1, REQ_OP_READ, GFP_NOIO, set);
}
#else
struct bio *probe(struct bio_set *set);
struct bio *probe(struct bio_set *set)
{
	return bio_alloc_bioset(GFP_NOIO, 1, set);
}
#endif
