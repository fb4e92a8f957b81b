// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.18 the driver is told when the last user of a disk is gone ("block: add a
 * ->free_disk method").
 */
#ifdef COMPAT_HAS_FREE_DISK
HAS_MEMBER(struct block_device_operations, free_disk);
#else
HAS_NO_MEMBER(struct block_device_operations, free_disk);
#endif
