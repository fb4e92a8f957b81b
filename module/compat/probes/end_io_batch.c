// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.19 the function that ends a request is told of the batch that it ends in.
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>

struct io_comp_batch;

#ifdef COMPAT_HAS_END_IO_BATCH
_Static_assert(__builtin_types_compatible_p(rq_end_io_fn,
	enum rq_end_io_ret (struct request *, blk_status_t, const struct io_comp_batch *)), "");
#else
_Static_assert(!__builtin_types_compatible_p(rq_end_io_fn,
	enum rq_end_io_ret (struct request *, blk_status_t, const struct io_comp_batch *)), "");
#endif
