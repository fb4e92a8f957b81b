// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.17 renamed the flag of disks without partitions ("block: rename
 * GENHD_FL_NO_PART_SCAN to GENHD_FL_NO_PART").
 */
#ifdef COMPAT_HAS_GENHD_NO_PART
HAS(GENHD_FL_NO_PART);
#else
HAS_NO(GENHD_FL_NO_PART);
#endif
