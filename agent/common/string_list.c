// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "string_list.h"

int strings_add(struct strings *strings, const char *text)
{
	char **items = reallocarray(strings->items, strings->count + 1, sizeof(*items));
	char *copy;

	if (!items)
		return -ENOMEM;
	strings->items = items;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	items[strings->count++] = copy;
	return 0;
}

bool strings_have(const struct strings *strings, const char *text)
{
	for (size_t i = 0; i < strings->count; i++)
		if (!strcmp(strings->items[i], text))
			return true;
	return false;
}

char *strings_join(const struct strings *strings, const char *between)
{
	size_t size = 1;
	char *text, *end;

	for (size_t i = 0; i < strings->count; i++)
		size += strlen(strings->items[i]) + strlen(between);
	text = malloc(size);
	if (!text)
		return NULL;
	end = text;
	*end = '\0';
	for (size_t i = 0; i < strings->count; i++) {
		if (i)
			end = stpcpy(end, between);
		end = stpcpy(end, strings->items[i]);
	}
	return text;
}

void strings_free(struct strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		free(strings->items[i]);
	free(strings->items);
	strings->items = NULL;
	strings->count = 0;
}
