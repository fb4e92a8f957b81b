// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>

#include "commands/changes_format.h"

#define SECTOR_SIZE	512

static void print_extent(uint64_t offset, uint64_t end, const char *kind)
{
	if (end > offset)
		printf("%" PRIu64 " %" PRIu64 " %s\n", offset, end - offset, kind);
}

/*
 * The map that "borg create --map" of borg 2 reads: lines without gaps, of which "same" means that
 * the last archive has it. Where everything is to be copied but for what the file system does not
 * use, the gaps are read as zeroes.
 */
int changes_borg(const struct changes_head *head, const struct extent_source *source)
{
	const char *gap = head->since < 0 ? "zero" : "same";
	struct blksnap_range range;
	uint64_t at = 0;
	int ret;

	while ((ret = source->next(source->argument, &range)) > 0) {
		uint64_t offset = range.sector * SECTOR_SIZE, end = offset + range.count * SECTOR_SIZE;

		print_extent(at, offset, gap);
		print_extent(offset, end, "data");
		at = end;
	}
	if (!ret)
		print_extent(at, head->info->device_size, gap);
	return ret;
}
