// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>

#include "text_file.h"

/* Records, and files in /proc and /sys, have a few thousand bytes. */
#define SIZE_MOST	(1 << 20)

char *text_file_read(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = file ? calloc(1, SIZE_MOST + 1) : NULL;
	size_t size;

	if (text) {
		size = fread(text, 1, SIZE_MOST, file);
		text[size] = '\0';
	}
	if (file)
		fclose(file);
	return text;
}
