// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "number.h"
#include "quantity.h"

struct unit {
	char letter;
	uint64_t factor;
};

static const struct unit size_units[] = {
	{ 'K', UINT64_C(1) << 10 }, { 'M', UINT64_C(1) << 20 }, { 'G', UINT64_C(1) << 30 },
	{ 'T', UINT64_C(1) << 40 }, { 'P', UINT64_C(1) << 50 }, { '\0', 1 },
};

static const struct unit time_units[] = {
	{ 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { 'w', 604800 }, { '\0', 1 },
};

/* Both tables end with a unit without a letter. *end is the rest of the text. */
static int parse(const char *text, const struct unit *unit, const char **end, uint64_t *value)
{
	uint64_t number;
	int ret = number_scan(text, end, &number);

	if (ret)
		return ret;
	while (unit->letter && unit->letter != **end)
		unit++;
	if (unit->letter)
		(*end)++;
	if (number > UINT64_MAX / unit->factor)
		return -ERANGE;
	*value = number * unit->factor;
	return 0;
}

/* Sizes may end in B or iB, with the same meaning: all units are powers of 1024. */
static bool is_byte(const char *text, bool has_letter)
{
	return !*text || !strcmp(text, "B") || (has_letter && !strcmp(text, "iB"));
}

int size_parse(const char *text, uint64_t *bytes)
{
	const char *end;
	uint64_t value;
	int ret = parse(text, size_units, &end, &value);

	if (ret)
		return ret;
	if (!is_byte(end, strchr("KMGTP", end[-1])))
		return -EINVAL;
	if (value > INT64_MAX)
		return -ERANGE;
	*bytes = value;
	return 0;
}

int time_parse(const char *text, uint64_t *seconds)
{
	const char *end;
	uint64_t value;
	int ret = parse(text, time_units, &end, &value);

	if (ret)
		return ret;
	if (*end)
		return -EINVAL;
	if (value > INT32_MAX)
		return -ERANGE;
	*seconds = value;
	return 0;
}

const char *size_format(uint64_t bytes, char text[SIZE_TEXT])
{
	static const char letters[] = "KMGTPE";
	double value = bytes;
	int unit = -1;

	while (value >= 1024) {
		value /= 1024;
		unit++;
	}
	if (unit < 0)
		snprintf(text, SIZE_TEXT, "%u B", (unsigned int)bytes);
	else
		snprintf(text, SIZE_TEXT, "%.1f %ciB", value, letters[unit]);
	return text;
}

const char *time_format(uint64_t seconds, char text[TIME_TEXT])
{
	if (seconds < 120)
		snprintf(text, TIME_TEXT, "%u s", (unsigned int)seconds);
	else if (seconds < 7200)
		snprintf(text, TIME_TEXT, "%u min", (unsigned int)(seconds / 60));
	else if (seconds < 172800)
		snprintf(text, TIME_TEXT, "%u h", (unsigned int)(seconds / 3600));
	else
		snprintf(text, TIME_TEXT, "%llu days", (unsigned long long)(seconds / 86400));
	return text;
}
