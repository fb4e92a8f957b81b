// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.1 the function that ends a request tells what is to become of it ("block: change
 * request end_io handler to pass back a return value").
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_END_IO_RET
enum rq_end_io_ret probe(void);
enum rq_end_io_ret probe(void)
{
	return RQ_END_IO_NONE;
}
#else
/* Clashes with what came with it. */
enum { RQ_END_IO_NONE };
#endif
