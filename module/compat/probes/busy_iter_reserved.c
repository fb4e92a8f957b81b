// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.19 who looks at requests in flight was told whether one is reserved ("blk-mq: Drop
 * 'reserved' arg of busy_tag_iter_fn").
 */
#include <linux/blk-mq.h>

#ifdef COMPAT_HAS_BUSY_ITER_RESERVED
_Static_assert(__builtin_types_compatible_p(busy_tag_iter_fn, bool (struct request *, void *, bool)), "");
#else
_Static_assert(!__builtin_types_compatible_p(busy_tag_iter_fn, bool (struct request *, void *, bool)), "");
#endif
