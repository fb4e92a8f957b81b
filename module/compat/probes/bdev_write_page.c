// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 6.2 a page can be written to some drivers without a bio ("block: remove
 * ->rw_page").
 */
#ifdef COMPAT_HAS_BDEV_WRITE_PAGE
HAS(bdev_write_page);
#else
HAS_NO(bdev_write_page);
#endif
