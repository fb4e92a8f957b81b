// SPDX-License-Identifier: GPL-2.0-or-later
#include <inttypes.h>
#include <stdio.h>

#include "cli/output.h"
#include "commands/changes_format.h"
#include "quantity.h"

#define SECTOR_SIZE	512

/* Lines "OFFSET LENGTH" in bytes. */
int changes_extents(const struct changes_head *head, const struct extent_source *source)
{
	struct blksnap_range range;
	int ret;

	(void)head;
	while ((ret = source->next(source->argument, &range)) > 0)
		printf("%" PRIu64 " %" PRIu64 "\n", range.sector * SECTOR_SIZE,
		       range.count * SECTOR_SIZE);
	return ret;
}

/* Print each extent at once: all of them may not fit into memory. */
int changes_json(const struct changes_head *head, const struct extent_source *source)
{
	char generation[BLKSNAP_ID_TEXT];
	struct json_object *device = json_object_new_string(head->device);
	struct blksnap_range range;
	const char *comma = "";
	int ret;

	printf("{\"schema\":\"%s\",\"device\":%s,\"size\":%" PRIu64 ",\"block_size\":%" PRIu32 ",",
	       OUTPUT_SCHEMA, json_object_to_json_string_ext(device, JSON_C_TO_STRING_PLAIN |
							     JSON_C_TO_STRING_NOSLASHESCAPE),
	       head->info->device_size, head->info->block_size);
	json_object_put(device);
	printf("\"generation\":\"%s\",\"number\":%u,",
	       blksnap_id_format(&head->info->generation, generation), head->info->number);
	if (head->since < 0)
		fputs("\"since\":null,\"extents\":[", stdout);
	else
		printf("\"since\":%d,\"extents\":[", head->since);
	while ((ret = source->next(source->argument, &range)) > 0) {
		printf("%s{\"offset\":%" PRIu64 ",\"length\":%" PRIu64 "}", comma,
		       range.sector * SECTOR_SIZE, range.count * SECTOR_SIZE);
		comma = ",";
	}
	fputs(ret ? "\n" : "]}\n", stdout);
	return ret;
}

static uint64_t blocks(uint64_t bytes, uint32_t size)
{
	return (bytes + size - 1) / size;
}

/* The header contains the number of blocks, so the extents are read twice. */
static int count_blocks(const struct changes_head *head, const struct extent_source *source,
			uint64_t *count)
{
	struct blksnap_range range;
	int ret;

	*count = 0;
	while ((ret = source->next(source->argument, &range)) > 0)
		*count += blocks(range.count * SECTOR_SIZE, head->info->block_size);
	source->rewind(source->argument);
	return ret;
}

/*
 * Version 1.2 of the format is the last one without checksums, for which the blocks would have to
 * be read.
 */
int changes_bmap(const struct changes_head *head, const struct extent_source *source)
{
	const struct blksnap_tracker_info *info = head->info;
	struct blksnap_range range;
	uint64_t mapped;
	int ret = count_blocks(head, source, &mapped);

	if (ret)
		return ret;
	printf("<?xml version=\"1.0\" ?>\n<bmap version=\"1.2\">\n");
	printf("\t<ImageSize> %" PRIu64 " </ImageSize>\n", info->device_size);
	printf("\t<BlockSize> %" PRIu32 " </BlockSize>\n", info->block_size);
	printf("\t<BlocksCount> %" PRIu64 " </BlocksCount>\n",
	       blocks(info->device_size, info->block_size));
	printf("\t<MappedBlocksCount> %" PRIu64 " </MappedBlocksCount>\n\t<BlockMap>\n", mapped);
	while ((ret = source->next(source->argument, &range)) > 0) {
		uint64_t first = range.sector * SECTOR_SIZE / info->block_size;
		uint64_t count = blocks(range.count * SECTOR_SIZE, info->block_size);

		if (count == 1)
			printf("\t\t<Range> %" PRIu64 " </Range>\n", first);
		else
			printf("\t\t<Range> %" PRIu64 "-%" PRIu64 " </Range>\n", first,
			       first + count - 1);
	}
	printf("\t</BlockMap>\n</bmap>\n");
	return ret;
}

#define MAP_WIDTH	64
#define MAP_LINES	16
#define MAP_CELLS	(MAP_WIDTH * MAP_LINES)

/* Add the number of changed bytes to each cell. */
static void fill_cells(uint64_t *cells, uint64_t cell_size, uint64_t start, uint64_t length)
{
	while (length) {
		uint64_t cell = start / cell_size;
		uint64_t part = (cell + 1) * cell_size - start;

		if (part > length)
			part = length;
		if (cell < MAP_CELLS)
			cells[cell] += part;
		start += part;
		length -= part;
	}
}

static void print_cells(const uint64_t *cells, uint64_t cell_size, uint64_t size)
{
	static const char signs[] = ".:+#";

	for (uint64_t i = 0; i < MAP_CELLS && i * cell_size < size; i++) {
		unsigned int level = 0;

		if (cells[i])
			level = cells[i] >= cell_size / 2 ? 3 : cells[i] >= cell_size / 10 ? 2 : 1;
		putchar(signs[level]);
		if (i % MAP_WIDTH == MAP_WIDTH - 1)
			putchar('\n');
	}
	putchar('\n');
}

/* A map for a terminal: each character stands for the same number of bytes. */
int changes_map(const struct changes_head *head, const struct extent_source *source)
{
	uint64_t size = head->info->device_size, cells[MAP_CELLS] = {}, total = 0;
	uint64_t cell = (size + MAP_CELLS - 1) / MAP_CELLS;
	char changed[SIZE_TEXT], all[SIZE_TEXT], each[SIZE_TEXT];
	struct blksnap_range range;
	int ret;

	if (!cell)
		cell = 1;
	while ((ret = source->next(source->argument, &range)) > 0) {
		fill_cells(cells, cell, range.sector * SECTOR_SIZE, range.count * SECTOR_SIZE);
		total += range.count * SECTOR_SIZE;
	}
	if (ret)
		return ret;
	print_cells(cells, cell, size);
	printf("%s: %s of %s changed; each sign is %s: . nothing, : under a tenth, + under a half, # more\n",
	       head->device, size_format(total, changed), size_format(size, all),
	       size_format(cell, each));
	return 0;
}
