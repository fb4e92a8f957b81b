// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.17 blk_insert_cloned_request() was given the queue, too ("blk-mq: remove the
 * request_queue argument to blk_insert_cloned_request").
 */
#ifdef COMPAT_HAS_INSERT_CLONED_QUEUE
HAS_TYPE(blk_insert_cloned_request, blk_status_t (struct request_queue *, struct request *));
#else
HAS_TYPE(blk_insert_cloned_request, blk_status_t (struct request *));
#endif
