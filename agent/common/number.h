/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing numbers. */
#ifndef BLKSNAP_NUMBER_H
#define BLKSNAP_NUMBER_H

#include <stdint.h>

/*
 * Parse decimal digits without sign, blanks or unit. Returns 0, -EINVAL if the text is not a
 * number, or -ERANGE if the number exceeds @max.
 */
int number_parse(const char *text, uint64_t max, uint64_t *value);

/* Parse the number at the start of @text; *end is the rest. */
int number_scan(const char *text, const char **end, uint64_t *value);

#endif
