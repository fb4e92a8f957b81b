/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the bytes of a file lie on its device.
 *
 * The kernel will read and write the places behind the file system's back. A place that
 * the file system may still choose, shares with another file, or fills with something
 * else than the file's bytes must not get into the list.
 */
#ifndef BLKSNAP_EXTENT_H
#define BLKSNAP_EXTENT_H

#include <stdint.h>

#include <linux/fiemap.h>

#include "ranges.h"

/**
 * struct extent_walk - a walk over the extents of one file, from its start
 * @use: what the ranges are for
 * @position: bytes of the file that were dealt with
 * @end: where to stop, in bytes
 * @ranges: the result
 * @reason: after -EINVAL, what is wrong with the file, as "it has holes"
 */
struct extent_walk {
	enum blksnap_extents_use use;
	uint64_t position;
	uint64_t end;
	struct ranges *ranges;
	const char *reason;
};

/* Both need the extents in the order of the file. 0, -EINVAL with a reason, or -ENOMEM. */
int extent_add(struct extent_walk *walk, const struct fiemap_extent *extent);
int extent_finish(struct extent_walk *walk);

/* The whole walk over an open file; also gives the errors of FS_IOC_FIEMAP. */
int extent_walk(struct extent_walk *walk, int fd);

#endif
