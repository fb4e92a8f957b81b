// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.16 what to poll for is said by the bio, and by that of the queue that a bio-based
 * driver sends it to ("block: switch polling to be bio based"); before, by what its submission
 * returns.
 */
#ifdef COMPAT_HAS_BI_COOKIE
HAS_MEMBER(struct bio, bi_cookie);
#else
HAS_NO_MEMBER(struct bio, bi_cookie);
#endif
