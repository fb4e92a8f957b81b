// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ranges.h"

static int make_room(struct ranges *ranges)
{
	size_t room = ranges->room ? 2 * ranges->room : 16;
	struct blksnap_range *items;

	if (ranges->count < ranges->room)
		return 0;
	items = reallocarray(ranges->items, room, sizeof(*items));
	if (!items)
		return -ENOMEM;
	ranges->items = items;
	ranges->room = room;
	return 0;
}

static int check(uint64_t offset, uint64_t count)
{
	if (!count)
		return -EINVAL;
	return offset > UINT64_MAX - count ? -ERANGE : 0;
}

int ranges_add(struct ranges *ranges, uint64_t offset, uint64_t count)
{
	int ret = check(offset, count);

	if (!ret)
		ret = make_room(ranges);
	if (ret)
		return ret;
	ranges->items[ranges->count].sector = offset;
	ranges->items[ranges->count].count = count;
	ranges->count++;
	return 0;
}

int ranges_merge(struct ranges *ranges, uint64_t offset, uint64_t count)
{
	struct blksnap_range *last;
	int ret = check(offset, count);

	if (ret)
		return ret;
	last = ranges->count ? &ranges->items[ranges->count - 1] : NULL;
	if (!last || last->sector + last->count != offset)
		return ranges_add(ranges, offset, count);
	last->count += count;
	return 0;
}

void ranges_free(struct ranges *ranges)
{
	free(ranges->items);
	memset(ranges, 0, sizeof(*ranges));
}
