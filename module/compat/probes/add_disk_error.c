// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.15 adding a disk may fail ("block: add error handling for device_add_disk /
 * add_disk"); before, it returns nothing.
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_ADD_DISK_ERROR
typedef int add_fn_t(struct gendisk *disk);
#else
typedef void add_fn_t(struct gendisk *disk);
#endif

add_fn_t *probe(void);
add_fn_t *probe(void)
{
	return add_disk;
}
