// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.19 drivers cleaned up a queue themselves ("block: remove blk_cleanup_queue").
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_CLEANUP_QUEUE
void *probe(void);
void *probe(void)
{
	return blk_cleanup_queue;
}
#else
/* Clashes with the declaration where there is one. */
char blk_cleanup_queue;
#endif
