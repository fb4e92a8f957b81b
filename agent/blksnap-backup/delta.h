/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_BACKUP_DELTA_H
#define BLKSNAP_BACKUP_DELTA_H

#include <stdint.h>

#include "daemon.h"

/*
 * Compares CONTENT_NODE with what is open as @fd, and marks in the node's bitmap where they differ.
 * 0, or -1 after a message.
 */
int delta_mark(struct daemon *daemon, int fd, uint64_t size, const char *name);

#endif
