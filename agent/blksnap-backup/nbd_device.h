/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chain of files as a block device: qemu-nbd and the kernel's nbd driver. */
#ifndef BLKSNAP_BACKUP_NBD_DEVICE_H
#define BLKSNAP_BACKUP_NBD_DEVICE_H

#include "chain.h"

#define NBD_DEVICE	32

/*
 * Connects it, read-only, to a device that is free. @lock is kept open as long as it is connected.
 * 0, or -1 after a message.
 */
int nbd_device_connect(const struct chain *chain, int lock, char device[NBD_DEVICE]);

/* 0, or -1 after a message. */
int nbd_device_disconnect(const char *device);

#endif
