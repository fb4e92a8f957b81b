/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a file system uses of its device. */
#ifndef BLKSNAP_CHANGES_ALLOCATED_H
#define BLKSNAP_CHANGES_ALLOCATED_H

#include "commands/changes_format.h"
#include "ranges.h"

/*
 * Finds what the file system on an image does not use, in order. It is empty, so that all is used,
 * where that cannot be told: for other file systems than ext2, ext3 and ext4, or if the journal is
 * not clean. 0 or -ENOMEM.
 */
int allocated_find_free(const char *image, struct ranges *unused);

/**
 * struct allocated - the extents of a source, but for what is not used
 * @from: the source
 * @unused: in order
 * @at: the first of @unused that may lie behind @rest
 * @rest: what is left of an extent of the source
 */
struct allocated {
	const struct extent_source *from;
	const struct ranges *unused;
	size_t at;
	struct blksnap_range rest;
};

/* For a struct extent_source whose argument is a struct allocated. */
int allocated_next(void *argument, struct blksnap_range *range);
void allocated_rewind(void *argument);

#endif
