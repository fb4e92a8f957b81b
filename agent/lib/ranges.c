// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "ranges.h"

static int make_room(struct ranges *ranges)
{
	size_t room = ranges->room ? 2 * ranges->room : 16;
	struct blksnap_sectors *items;

	if (ranges->count < ranges->room)
		return 0;
	items = reallocarray(ranges->items, room, sizeof(*items));
	if (!items)
		return -ENOMEM;
	ranges->items = items;
	ranges->room = room;
	return 0;
}

int ranges_add(struct ranges *ranges, uint64_t offset, uint64_t count)
{
	struct blksnap_sectors *last;

	if (!count)
		return -EINVAL;
	if (offset > UINT64_MAX - count)
		return -ERANGE;
	last = ranges->count ? &ranges->items[ranges->count - 1] : NULL;
	if (last && last->offset + last->count == offset) {
		last->count += count;
		return 0;
	}
	if (make_room(ranges))
		return -ENOMEM;
	ranges->items[ranges->count].offset = offset;
	ranges->items[ranges->count].count = count;
	ranges->count++;
	return 0;
}

int ranges_parse(struct ranges *ranges, const char *text)
{
	uint64_t offset, count;
	const char *rest;
	int ret;

	ret = number_scan(text, &rest, &offset);
	if (ret)
		return ret;
	if (*rest != ':')
		return -EINVAL;
	ret = number_parse(rest + 1, UINT64_MAX, &count);
	if (ret)
		return ret;
	return ranges_add(ranges, offset, count);
}

void ranges_free(struct ranges *ranges)
{
	free(ranges->items);
	memset(ranges, 0, sizeof(*ranges));
}
