/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing list of ranges of a block device, in sectors of 512 bytes. */
#ifndef BLKSNAP_RANGES_H
#define BLKSNAP_RANGES_H

#include <stddef.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

#define SECTOR_SHIFT	9
#define SECTOR_SIZE	(1U << SECTOR_SHIFT)

struct ranges {
	struct blksnap_range *items;
	size_t count;
	size_t room;
};

/*
 * Appends a range. Returns -EINVAL for an empty one, -ERANGE for one that ends beyond the
 * largest sector number, or -ENOMEM.
 */
int ranges_add(struct ranges *ranges, uint64_t offset, uint64_t count);

/* The same, but a range that continues the last makes that longer. */
int ranges_merge(struct ranges *ranges, uint64_t offset, uint64_t count);

void ranges_free(struct ranges *ranges);

#endif
