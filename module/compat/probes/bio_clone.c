// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.18 has a cloned bio get its device at once ("block: pass a block_device to
 * bio_clone_fast"); before, it is that of the other bio.
 */
#ifdef COMPAT_HAS_BIO_CLONE
HAS(bio_alloc_clone);
#else
HAS_NO(bio_alloc_clone);
#endif
