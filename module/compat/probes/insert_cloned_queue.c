// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.17 blk_insert_cloned_request() was given the queue, too ("blk-mq: remove the
 * request_queue argument to blk_insert_cloned_request").
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_INSERT_CLONED_QUEUE
_Static_assert(__builtin_types_compatible_p(typeof(blk_insert_cloned_request),
	blk_status_t (struct request_queue *, struct request *)), "");
#else
_Static_assert(!__builtin_types_compatible_p(typeof(blk_insert_cloned_request),
	blk_status_t (struct request_queue *, struct request *)), "");
#endif
