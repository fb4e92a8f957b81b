/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the bytes of a file are on its device.
 *
 * The kernel reads and writes these sectors behind the back of the file system. So sectors that the
 * file system has not allocated finally, shares with another file, or uses for anything but the
 * bytes of the file must not be in the list.
 */
#ifndef BLKSNAP_EXTENT_H
#define BLKSNAP_EXTENT_H

#include <stdint.h>

#include <linux/fiemap.h>

#include "ranges.h"

/**
 * struct extent_walk - a walk over the extents of a file, from its start
 * @use: what the ranges are for
 * @position: bytes of the file that were processed
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

/* Process the next extent, or the end of the file. Returns 0, -EINVAL with a reason, or -ENOMEM. */
int extent_add(struct extent_walk *walk, const struct fiemap_extent *extent);
int extent_finish(struct extent_walk *walk);

/* Walk over an open file. Also returns the errors of FS_IOC_FIEMAP. */
int extent_walk(struct extent_walk *walk, int fd);

#endif
