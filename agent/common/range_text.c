// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "number.h"
#include "range_text.h"

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
