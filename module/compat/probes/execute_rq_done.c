// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.19 blk_execute_rq_nowait() was given the function to call at the end ("blk-mq: remove
 * the done argument to blk_execute_rq_nowait").
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_EXECUTE_RQ_DONE
_Static_assert(!__builtin_types_compatible_p(typeof(blk_execute_rq_nowait),
	void (struct request *, bool)), "");
#else
_Static_assert(!!__builtin_types_compatible_p(typeof(blk_execute_rq_nowait),
	void (struct request *, bool)), "");
#endif
