/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A part of all extents, for who wants them in portions. */
#ifndef BLKSNAP_CHANGES_PAGE_H
#define BLKSNAP_CHANGES_PAGE_H

#include "commands/changes_format.h"

/**
 * struct page - extents of a source
 * @from: the source
 * @start: only what lies behind this sector; an extent across it begins there
 * @most: that many at most; 0: all
 * @given: how many were given
 */
struct page {
	const struct extent_source *from;
	uint64_t start;
	uint64_t most;
	uint64_t given;
};

/* For a struct extent_source whose argument is a struct page. */
int page_next(void *argument, struct blksnap_range *range);
void page_rewind(void *argument);

#endif
