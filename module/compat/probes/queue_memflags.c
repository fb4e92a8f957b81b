// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.14 unfreezing a queue restores what freezing it saved ("block: force noio
 * scope in blk_mq_freeze_queue"); before, nothing is saved.
 */
#ifdef COMPAT_HAS_QUEUE_MEMFLAGS
HAS_TYPE(blk_mq_unfreeze_queue, void (struct request_queue *, unsigned int));
#else
HAS_TYPE(blk_mq_unfreeze_queue, void (struct request_queue *));
#endif
