/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of strings. */
#ifndef BLKSNAP_STRING_LIST_H
#define BLKSNAP_STRING_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct strings {
	char **items;
	size_t count;
};

/* Append a copy. Returns 0 or -ENOMEM. */
int strings_add(struct strings *strings, const char *text);

bool strings_have(const struct strings *strings, const char *text);

/* Join all strings with a separator. The caller frees the result; NULL if out of memory. */
char *strings_join(const struct strings *strings, const char *between);

void strings_free(struct strings *strings);

#endif
