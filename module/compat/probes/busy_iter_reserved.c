// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.19 who looks at requests in flight was told whether one is reserved ("blk-mq: Drop
 * 'reserved' arg of busy_tag_iter_fn").
 */
#ifdef COMPAT_HAS_BUSY_ITER_RESERVED
HAS_TYPE(busy_tag_iter_fn, bool (struct request *, void *, bool));
#else
HAS_TYPE(busy_tag_iter_fn, bool (struct request *, void *));
#endif
