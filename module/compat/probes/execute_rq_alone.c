// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.17 blk_execute_rq() is given the request without its disk ("block: remove the
 * gendisk argument to blk_execute_rq").
 */
#ifdef COMPAT_HAS_EXECUTE_RQ_ALONE
HAS_TYPE(blk_execute_rq, blk_status_t (struct request *, bool));
#else
HAS_NO_TYPE(blk_execute_rq, blk_status_t (struct request *, bool));
#endif
