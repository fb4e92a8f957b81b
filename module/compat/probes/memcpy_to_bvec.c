// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.15 copies to a segment by name ("bvec: add memcpy_{from,to}_bvec and memzero_bvec
 * helper").
 */
#include <linux/bvec.h>

#ifdef COMPAT_HAS_MEMCPY_TO_BVEC
void probe(struct bio_vec *bv, const char *from);
void probe(struct bio_vec *bv, const char *from)
{
	memcpy_to_bvec(bv, from);
}
#else
/* Clashes with the declaration where there is one. */
char memcpy_to_bvec;
#endif
