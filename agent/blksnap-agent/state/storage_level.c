// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "state/runtime.h"
#include "state/storage_level.h"
#include "text_file.h"

/* A monitor of an earlier version, which goes on during an upgrade, writes the first two only. */
static int parse(const char *text, struct storage_level *level)
{
	int count = sscanf(text, "%" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &level->allocated,
			   &level->wanted, &level->appended, &level->used);

	return count == 4 || count == 2 ? 0 : -EINVAL;
}

int storage_level_read(const struct blksnap_id *id, struct storage_level *level)
{
	char *path = runtime_path(id, "storage");
	char *text = path ? text_file_read(path) : NULL;
	int ret = -errno;

	memset(level, 0, sizeof(*level));
	if (!path)
		ret = -ENOMEM;
	else if (text)
		ret = parse(text, level);
	if (ret)
		memset(level, 0, sizeof(*level));
	free(text);
	free(path);
	return ret;
}

int storage_level_write(const struct blksnap_id *id, const struct storage_level *level)
{
	char *path = runtime_path(id, "storage");
	char text[128];
	int ret;

	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
		 level->allocated, level->wanted, level->appended, level->used);
	ret = path ? runtime_write(path, text) : -ENOMEM;
	free(path);
	return ret;
}

void storage_level_raise(struct storage_level *level, uint64_t appended, uint64_t bytes)
{
	uint64_t free = bytes / 2;
	uint64_t used = appended > free ? appended - free : 0;

	if (used > level->used)
		level->used = used;
}

unsigned int storage_level_percent(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / whole * 100 : 0;
}
