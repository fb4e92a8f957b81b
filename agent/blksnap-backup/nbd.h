/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_BACKUP_NBD_H
#define BLKSNAP_BACKUP_NBD_H

#include <stdbool.h>

#include <libnbd.h>

#include "daemon.h"

/* Exports a node to ourselves, by one of the daemon's connections; NULL after a message. */
struct nbd_handle *nbd_open_node(struct daemon *daemon, const char *node, bool writable);

#endif
