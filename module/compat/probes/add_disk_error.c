// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.15 adding a disk may fail ("block: add error handling for device_add_disk /
 * add_disk"); before, it returns nothing.
 */
#ifdef COMPAT_HAS_ADD_DISK_ERROR
HAS_TYPE(device_add_disk(NULL, NULL, NULL), int);
#else
HAS_TYPE(device_add_disk(NULL, NULL, NULL), void);
#endif
