// SPDX-License-Identifier: GPL-2.0
/*
 * Newer kernels have a function for a bio that is no longer polled for, as more than one flag may
 * tell of it: in Linux 6.1 REQ_ALLOC_CACHE goes with REQ_POLLED. Linux 5.10 has one flag and none.
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
