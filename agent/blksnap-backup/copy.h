/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A copy from one node of a qemu-storage-daemon to another: its job "blockdev-backup". */
#ifndef BLKSNAP_BACKUP_COPY_H
#define BLKSNAP_BACKUP_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon.h"

/**
 * struct copy - what is to be copied
 * @name: what the user calls it
 * @source: a node
 * @target: another one, of at least the same size
 * @bitmap: only what is set in the bitmap BITMAP_NAME of @source
 * @compress: as the target's format does it
 * @rate: bytes a second at most, 0 for no limit
 * @bytes: how many were copied in the end
 */
struct copy {
	const char *name;
	const char *source;
	const char *target;
	bool bitmap;
	bool compress;
	uint64_t rate;
	uint64_t bytes;
};

/* Waits until it is done; 0, or -1 after a message. */
int copy_run(struct copy *copy, struct daemon *daemon);

#endif
