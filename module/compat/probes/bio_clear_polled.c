// SPDX-License-Identifier: GPL-2.0
/*
 * Newer kernels tell modules how a bio is made one that is not polled for, as more than one flag
 * may say that it is: in Linux 6.1 REQ_ALLOC_CACHE goes with REQ_POLLED.
 */
#ifdef COMPAT_HAS_BIO_CLEAR_POLLED
HAS(bio_clear_polled);
#else
HAS_NO(bio_clear_polled);
#endif
