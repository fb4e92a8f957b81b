// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.15 adding a disk may fail ("block: add error handling for device_add_disk /
 * add_disk"); before, it returns nothing.
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_ADD_DISK_ERROR
#define RESULT int
#else
#define RESULT void
#endif

extern RESULT (*function)(struct gendisk *disk);
RESULT (*function)(struct gendisk *disk) = add_disk;
