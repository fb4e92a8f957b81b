// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.12 the partitions of a disk are in an xarray ("block: use an xarray for
 * disk->part_tbl"); before, in an array.
 */
#ifdef COMPAT_HAS_PART_XARRAY
HAS_TYPE(((struct gendisk *)0)->part_tbl, struct xarray);
#else
HAS_TYPE(((struct gendisk *)0)->part_tbl, struct disk_part_tbl *);
#endif
