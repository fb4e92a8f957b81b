/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sizes and times that a user wrote. */
#ifndef BLKSNAP_QUANTITY_H
#define BLKSNAP_QUANTITY_H

#include <stddef.h>
#include <stdint.h>

/*
 * Bytes, as digits and one of the letters K, M, G, T, P (powers of 1024) or none; "GB" and "GiB"
 * are the same as "G". Returns -EINVAL for what is no size and -ERANGE for one that is too large.
 */
int size_parse(const char *text, uint64_t *bytes);

/* Seconds, as digits and one of the letters s, m, h, d, w or none. The errors are the same. */
int time_parse(const char *text, uint64_t *seconds);

/* A size for people, such as "1.5 GiB". */
#define SIZE_TEXT	16
const char *size_format(uint64_t bytes, char text[SIZE_TEXT]);

/* A time for people in its largest unit, such as "3 h". */
#define TIME_TEXT	24
const char *time_format(uint64_t seconds, char text[TIME_TEXT]);

#endif
