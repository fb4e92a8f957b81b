/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranges that a user wrote. */
#ifndef BLKSNAP_RANGE_TEXT_H
#define BLKSNAP_RANGE_TEXT_H

#include "ranges.h"

/* Appends a range written as SECTOR:COUNT; the errors are those of ranges_add(). */
int ranges_parse(struct ranges *ranges, const char *text);

#endif
