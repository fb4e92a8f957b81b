// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.19 the function that ends a request is told of the batch that it ends in.
 */
struct io_comp_batch;

#ifdef COMPAT_HAS_END_IO_BATCH
HAS_TYPE(rq_end_io_fn,
	 enum rq_end_io_ret (struct request *, blk_status_t, const struct io_comp_batch *));
#else
HAS_NO_TYPE(rq_end_io_fn,
	    enum rq_end_io_ret (struct request *, blk_status_t, const struct io_comp_batch *));
#endif
