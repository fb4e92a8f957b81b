// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.5 the flags for opening a block device are of their own ("block: replace fmode_t
 * with a block-specific type for block open flags"); before, they are those for files.
 */
#ifdef COMPAT_HAS_BLK_OPEN_READ
HAS(BLK_OPEN_READ);
#else
HAS_NO(BLK_OPEN_READ);
#endif
