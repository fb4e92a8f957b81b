// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.11 blk_execute_rq() was given the queue and a disk, too ("block: remove unnecessary
 * argument from blk_execute_rq").
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_EXECUTE_RQ_QUEUE
_Static_assert(__builtin_types_compatible_p(typeof(blk_execute_rq),
	void (struct request_queue *, struct gendisk *, struct request *, int)), "");
#else
_Static_assert(!__builtin_types_compatible_p(typeof(blk_execute_rq),
	void (struct request_queue *, struct gendisk *, struct request *, int)), "");
#endif
