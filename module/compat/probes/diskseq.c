// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.15 a disk has a number that changes when what is behind it is exchanged
 * ("block: add disk sequence number").
 */
#ifdef COMPAT_HAS_DISKSEQ
HAS_MEMBER(struct gendisk, diskseq);
#else
HAS_NO_MEMBER(struct gendisk, diskseq);
#endif
