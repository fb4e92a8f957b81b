// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <blksnap/blksnap.h>

static bool has_dash_before(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

static int digit(char letter)
{
	if (letter >= '0' && letter <= '9')
		return letter - '0';
	if (letter >= 'a' && letter <= 'f')
		return letter - 'a' + 10;
	if (letter >= 'A' && letter <= 'F')
		return letter - 'A' + 10;
	return -1;
}

int blksnap_id_parse(const char *text, struct blksnap_id *id)
{
	struct blksnap_id result;

	for (size_t i = 0; i < sizeof(result.bytes); i++) {
		int high, low;

		if (has_dash_before(i) && *text++ != '-')
			return -EINVAL;
		high = digit(*text++);
		low = high < 0 ? -1 : digit(*text++);
		if (low < 0)
			return -EINVAL;
		result.bytes[i] = high << 4 | low;
	}
	if (*text)
		return -EINVAL;
	*id = result;
	return 0;
}

char *blksnap_id_format(const struct blksnap_id *id, char text[BLKSNAP_ID_TEXT])
{
	char *end = text;

	for (size_t i = 0; i < sizeof(id->bytes); i++)
		end += sprintf(end, "%s%02x", has_dash_before(i) ? "-" : "", id->bytes[i]);
	return text;
}
