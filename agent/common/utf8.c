// SPDX-License-Identifier: GPL-2.0-or-later
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "utf8.h"

/* The smallest code point that needs so many bytes. */
static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };

static size_t length_of(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/* Returns the length of the character at the start of the text; 0 if it is not valid UTF-8. */
static size_t character(const unsigned char *text)
{
	size_t length = length_of(*text);
	uint32_t value;

	if (length < 2)
		return length;
	value = *text & (0x7f >> length);
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3f);
	}
	if (value < smallest[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	return length;
}

char *utf8_escape(const char *text)
{
	char *copy = malloc(4 * strlen(text) + 1), *out = copy;

	if (!copy)
		return NULL;
	while (*text) {
		size_t length = character((const unsigned char *)text);

		if (length)
			out = mempcpy(out, text, length);
		else
			out += sprintf(out, "\\x%02x", (unsigned char)*text);
		text += length ? length : 1;
	}
	*out = '\0';
	return copy;
}
