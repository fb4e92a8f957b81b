// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.8 what is counted of a disk is in a header of its own ("block: move the part_stat*
 * helpers from genhd.h to a new header").
 */
#if defined(COMPAT_HAS_PART_STAT_H) != __has_include("linux/part_stat.h")
#error "whether there is linux/part_stat.h"
#endif
