// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.8 a driver may hand a bio to another one without generic_make_request() ("block:
 * remove direct_make_request").
 */
#ifdef COMPAT_HAS_DIRECT_MAKE_REQUEST
HAS(direct_make_request);
#else
HAS_NO(direct_make_request);
#endif
