// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.19 blk_execute_rq_nowait() is given the request without the function to be called at
 * its end ("blk-mq: remove the done argument to blk_execute_rq_nowait").
 */
#ifdef COMPAT_HAS_EXECUTE_NOWAIT_ALONE
HAS_TYPE(blk_execute_rq_nowait, void (struct request *, bool));
#else
HAS_NO_TYPE(blk_execute_rq_nowait, void (struct request *, bool));
#endif
