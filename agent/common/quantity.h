/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing and printing sizes and times. */
#ifndef BLKSNAP_QUANTITY_H
#define BLKSNAP_QUANTITY_H

#include <stddef.h>
#include <stdint.h>

/*
 * Parse a number of bytes: digits, and one of the letters K, M, G, T, P (powers of 1024) or none;
 * "GB" and "GiB" are the same as "G". Returns 0, -EINVAL if the text is not a size, or -ERANGE if
 * the size is too large.
 */
int size_parse(const char *text, uint64_t *bytes);

/* Parse a number of seconds: digits, and one of the letters s, m, h, d, w or none. Same errors. */
int time_parse(const char *text, uint64_t *seconds);

/* Print a size, such as "1.5 GiB". */
#define SIZE_TEXT	16
const char *size_format(uint64_t bytes, char text[SIZE_TEXT]);

/* Print a time in its largest unit, such as "3 h". */
#define TIME_TEXT	24
const char *time_format(uint64_t seconds, char text[TIME_TEXT]);

#endif
