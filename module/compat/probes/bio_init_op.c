// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.18 a bio is initialized for a device and an operation ("block: pass a
 * block_device and opf to bio_init").
 */
#ifdef COMPAT_HAS_BIO_INIT_OP
void probe(struct bio *bio, struct block_device *bdev);
void probe(struct bio *bio, struct block_device *bdev)
{
	bio_init(bio, bdev, NULL, 0, REQ_OP_READ);
}
#else
void probe(struct bio *bio);
void probe(struct bio *bio)
{
	bio_init(bio, NULL, 0);
}
#endif
