/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers that a user wrote. */
#ifndef BLKSNAP_NUMBER_H
#define BLKSNAP_NUMBER_H

#include <stdint.h>

/*
 * Decimal digits and nothing else: no sign, no blank, no unit. Returns -EINVAL for what is
 * no number and -ERANGE for one above @max.
 */
int number_parse(const char *text, uint64_t max, uint64_t *value);

/* The same for a number at the start of @text; *end is what follows it. */
int number_scan(const char *text, const char **end, uint64_t *value);

#endif
