// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.15 copies to a segment by name ("bvec: add memcpy_{from,to}_bvec and memzero_bvec
 * helper").
 */
#ifdef COMPAT_HAS_MEMCPY_TO_BVEC
HAS(memcpy_to_bvec);
#else
HAS_NO(memcpy_to_bvec);
#endif
