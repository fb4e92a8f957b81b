// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.9 renamed generic_make_request() ("block: rename generic_make_request to
 * submit_bio_noacct").
 */
#ifdef COMPAT_HAS_SUBMIT_BIO_NOACCT
HAS(submit_bio_noacct);
#else
HAS_NO(submit_bio_noacct);
#endif
