// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.12 a bio has the device that it is for ("block: store a block_device pointer
 * in struct bio"); before, it has the disk and the number of the partition.
 */
#ifdef COMPAT_HAS_BIO_BDEV
HAS_MEMBER(struct bio, bi_bdev);
#else
HAS_NO_MEMBER(struct bio, bi_bdev);
#endif
