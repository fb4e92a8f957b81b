// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.11 blk_execute_rq() was given the queue and a disk, too ("block: remove unnecessary
 * argument from blk_execute_rq").
 */
#ifdef COMPAT_HAS_EXECUTE_RQ_QUEUE
HAS_TYPE(blk_execute_rq, void (struct request_queue *, struct gendisk *, struct request *, int));
#else
HAS_NO_TYPE(blk_execute_rq, void (struct request_queue *, struct gendisk *, struct request *, int));
#endif
