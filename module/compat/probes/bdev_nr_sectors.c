// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.11 has a name for the size of a device ("block: remove the nr_sects field in struct
 * hd_struct").
 */
#ifdef COMPAT_HAS_BDEV_NR_SECTORS
HAS(bdev_nr_sectors);
#else
HAS_NO(bdev_nr_sectors);
#endif
