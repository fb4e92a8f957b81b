// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.19 whoever allocated a queue cleans it up before it puts its disk ("block: simplify
 * disk shutdown"). After that the queue does not call its driver any more.
 */
#ifdef COMPAT_HAS_BLK_CLEANUP_QUEUE
HAS(blk_cleanup_queue);
#else
HAS_NO(blk_cleanup_queue);
#endif
