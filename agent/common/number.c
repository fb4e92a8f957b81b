// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>

#include "number.h"

int number_scan(const char *text, const char **end, uint64_t *value)
{
	unsigned long long result;
	char *rest;

	/* strtoull() accepts signs and leading blanks. */
	if (*text < '0' || *text > '9')
		return -EINVAL;
	errno = 0;
	result = strtoull(text, &rest, 10);
	if (errno)
		return -errno;
	*end = rest;
	*value = result;
	return 0;
}

int number_parse(const char *text, uint64_t max, uint64_t *value)
{
	const char *end;
	int ret = number_scan(text, &end, value);

	if (ret)
		return ret;
	if (*end)
		return -EINVAL;
	return *value > max ? -ERANGE : 0;
}
