// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.11 that data is to stay as it is while it is written is a feature among the
 * limits of a queue ("block: move the stable_writes flag to queue_limits"); before, it is a flag.
 */
#ifdef COMPAT_HAS_FEAT_STABLE_WRITES
HAS(BLK_FEAT_STABLE_WRITES);
#else
HAS_NO(BLK_FEAT_STABLE_WRITES);
#endif
