// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 6.2 a page can be written to some drivers without a bio ("block: remove
 * ->rw_page").
 */
#include <linux/blkdev.h>

#ifdef COMPAT_HAS_BDEV_WRITE_PAGE
void *probe(void);
void *probe(void)
{
	return bdev_write_page;
}
#else
/* Clashes with the declaration where there is one. */
char bdev_write_page;
#endif
