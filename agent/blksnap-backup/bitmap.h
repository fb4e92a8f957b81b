/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dirty bitmap with extents of our choice, which QEMU has no command for: an enabled bitmap of a
 * scratch node without content notes where zeroes are written to that, and is merged into one of
 * the node that is to be copied.
 */
#ifndef BLKSNAP_BACKUP_BITMAP_H
#define BLKSNAP_BACKUP_BITMAP_H

#include <stdint.h>

#include "daemon.h"

/* The granularity of a copy. */
#define BITMAP_GRANULARITY	65536
#define BITMAP_NAME		"changed"

struct bitmap;

/* For a node of @size bytes; @granularity is a power of 2. NULL after a message. */
struct bitmap *bitmap_begin(struct daemon *daemon, uint64_t size, uint32_t granularity);

/* 0 or -1 after a message. */
int bitmap_add(struct bitmap *bitmap, uint64_t offset, uint64_t length);

/* Gives it to @node under a name, if that is not NULL, and releases it; 0 or -1 after a message. */
int bitmap_end(struct bitmap *bitmap, const char *node, const char *name);

#endif
