/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list of ranges of a block device, in sectors of 512 bytes. */
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
 * Append a range. Returns 0, -EINVAL for an empty range, -ERANGE if the range ends beyond the
 * largest sector number, or -ENOMEM.
 */
int ranges_add(struct ranges *ranges, uint64_t offset, uint64_t count);

/* The same; a range that continues the last one extends it. */
int ranges_merge(struct ranges *ranges, uint64_t offset, uint64_t count);

void ranges_free(struct ranges *ranges);

#endif
