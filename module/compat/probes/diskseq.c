// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.15 a disk has a number that changes when what is behind it is exchanged
 * ("block: add disk sequence number").
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_DISKSEQ
u64 probe(struct gendisk *disk);
u64 probe(struct gendisk *disk)
{
	return disk->diskseq;
}
#else
/* Came with it; clashes with the declaration where there is one. */
char inc_diskseq;
#endif
