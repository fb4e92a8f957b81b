// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.14 a disk is allocated with its queue ("block: add blk_alloc_disk and
 * blk_cleanup_disk APIs"); before, one by one. It is a macro, with arguments that changed.
 */
#ifdef COMPAT_HAS_BLK_ALLOC_DISK
#ifndef blk_alloc_disk
HAS(blk_alloc_disk);
#endif
#else
#ifdef blk_alloc_disk
#error "there is a macro blk_alloc_disk"
#endif
HAS_NO(blk_alloc_disk);
#endif
