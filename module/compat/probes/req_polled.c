// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.16 renamed the flag of bios that are polled for ("block: rename REQ_HIPRI to
 * REQ_POLLED").
 */
#ifdef COMPAT_HAS_REQ_POLLED
HAS(REQ_POLLED);
#else
HAS_NO(REQ_POLLED);
#endif
