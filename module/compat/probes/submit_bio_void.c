// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.16 submitting a bio returns nothing ("block: switch polling to be bio based");
 * before, a cookie to poll with.
 */
#ifdef COMPAT_HAS_SUBMIT_BIO_VOID
HAS_TYPE(submit_bio(NULL), void);
#else
HAS_TYPE(submit_bio(NULL), blk_qc_t);
#endif
