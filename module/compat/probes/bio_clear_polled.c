// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.18 there is a function for a bio that is no longer polled for ("block: allow using
 * the per-cpu bio cache from bio_alloc_bioset" moved it to where modules see it).
 */
#include <linux/bio.h>

#ifndef COMPAT_HAS_BIO_CLEAR_POLLED
static inline void bio_clear_polled(struct bio *bio)
{
}
#endif
void probe(struct bio *bio);
void probe(struct bio *bio)
{
	bio_clear_polled(bio);
}
