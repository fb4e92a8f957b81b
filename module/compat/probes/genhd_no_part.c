// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.17 renamed the flag of disks without partitions ("block: rename
 * GENHD_FL_NO_PART_SCAN to GENHD_FL_NO_PART").
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_GENHD_NO_PART
extern const int probe;
const int probe = GENHD_FL_NO_PART;
#else
extern const int probe;
const int probe = GENHD_FL_NO_PART_SCAN;
#endif
