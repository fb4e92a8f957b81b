// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.16 renamed the flag of bios that are polled for ("block: rename REQ_HIPRI to
 * REQ_POLLED").
 */
#include <linux/blk_types.h>

#ifdef COMPAT_HAS_REQ_POLLED
extern const unsigned long probe;
const unsigned long probe = (__force unsigned long)REQ_POLLED;
#else
extern const unsigned long probe;
const unsigned long probe = (__force unsigned long)REQ_HIPRI;
#endif
