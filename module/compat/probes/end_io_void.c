// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 6.1 the function that ends a request returned nothing ("block: change request end_io
 * handler to pass back a return value").
 */
#ifdef COMPAT_HAS_END_IO_VOID
HAS_TYPE(rq_end_io_fn, void (struct request *, blk_status_t));
#else
HAS_NO_TYPE(rq_end_io_fn, void (struct request *, blk_status_t));
#endif
