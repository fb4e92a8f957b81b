/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing ranges. */
#ifndef BLKSNAP_RANGE_TEXT_H
#define BLKSNAP_RANGE_TEXT_H

#include "ranges.h"

/* Append a range written as SECTOR:COUNT. Returns as ranges_add(). */
int ranges_parse(struct ranges *ranges, const char *text);

#endif
