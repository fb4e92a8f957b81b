// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.6 a queue is allocated with flags for the memory ("block: simplify
 * queue allocation"); the node that 5.10 wants would be taken for flags. Newer kernels do not
 * declare the function.
 */
#ifdef COMPAT_HAS_ALLOC_QUEUE_GFP
HAS_TYPE(blk_alloc_queue, struct request_queue *(gfp_t));
#else
/* Clashes with another declaration. */
struct request_queue *blk_alloc_queue(int node);
#endif
