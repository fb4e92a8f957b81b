// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 5.15 says of a disk whether it is there ("block: remove GENHD_FL_UP"); before, there is a
 * flag for that.
 */
#ifdef COMPAT_HAS_DISK_LIVE
HAS(disk_live);
#else
HAS_NO(disk_live);
#endif
