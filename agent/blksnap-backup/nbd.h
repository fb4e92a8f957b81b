/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_BACKUP_NBD_H
#define BLKSNAP_BACKUP_NBD_H

#include <stdbool.h>

#include <libnbd.h>

#include "daemon.h"

/* Exports a node to ourselves, by one of the daemon's connections; NULL after a message. */
struct nbd_handle *nbd_open_node(struct daemon *daemon, const char *node, bool writable);

/*
 * Writes out what a node has in memory, and tells whether that worked: a daemon that ends does not
 * do it in each version of QEMU, and none says that it failed. 0, or -1 after a message, in which
 * @name stands for the node.
 */
int nbd_flush_node(struct daemon *daemon, const char *node, const char *name);

#endif
