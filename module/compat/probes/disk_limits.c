// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.9 the limits of a queue are given when its disk is allocated ("block: pass
 * a queue_limits argument to blk_alloc_disk"); before, each has a function to set it.
 */
#ifdef COMPAT_HAS_DISK_LIMITS
struct gendisk *probe(struct queue_limits *lim);
struct gendisk *probe(struct queue_limits *lim)
{
	return blk_alloc_disk(lim, NUMA_NO_NODE);
}
#else
#ifdef blk_alloc_disk
struct gendisk *probe(void);
struct gendisk *probe(void)
{
	return blk_alloc_disk(NUMA_NO_NODE);
}
#endif
#endif
