/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growing list of texts of its own. */
#ifndef BLKSNAP_STRING_LIST_H
#define BLKSNAP_STRING_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct strings {
	char **items;
	size_t count;
};

/* Appends a copy; 0 or -ENOMEM. */
int strings_add(struct strings *strings, const char *text);

bool strings_have(const struct strings *strings, const char *text);

/* All of them with @between between, to be freed, or NULL without memory. */
char *strings_join(const struct strings *strings, const char *between);

void strings_free(struct strings *strings);

#endif
