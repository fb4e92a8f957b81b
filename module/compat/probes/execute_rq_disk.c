// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.16 blk_execute_rq() was given a disk, too ("block: remove the gendisk argument to
 * blk_execute_rq"); what it returns changed meanwhile.
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_EXECUTE_RQ_DISK
_Static_assert((__builtin_types_compatible_p(typeof(blk_execute_rq),
	 void (struct gendisk *, struct request *, int)) ||
	__builtin_types_compatible_p(typeof(blk_execute_rq),
	 blk_status_t (struct gendisk *, struct request *, int))), "");
#else
_Static_assert(!(__builtin_types_compatible_p(typeof(blk_execute_rq),
	 void (struct gendisk *, struct request *, int)) ||
	__builtin_types_compatible_p(typeof(blk_execute_rq),
	 blk_status_t (struct gendisk *, struct request *, int))), "");
#endif
