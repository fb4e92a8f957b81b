// SPDX-License-Identifier: GPL-2.0-or-later
#include "commands/changes_page.h"

int page_next(void *argument, struct blksnap_range *range)
{
	struct page *page = argument;
	int ret;

	if (page->most && page->given == page->most)
		return 0;
	do {
		ret = page->from->next(page->from->argument, range);
		if (ret <= 0)
			return ret;
	} while (range->sector + range->count <= page->start);
	if (range->sector < page->start) {
		range->count -= page->start - range->sector;
		range->sector = page->start;
	}
	page->given++;
	return 1;
}

void page_rewind(void *argument)
{
	struct page *page = argument;

	page->given = 0;
	page->from->rewind(page->from->argument);
}
