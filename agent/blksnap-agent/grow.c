// SPDX-License-Identifier: GPL-2.0-or-later
#include "grow.h"

/* A portion that is used up faster is too small, one that lasts longer needlessly large. */
#define FAST_SECONDS	10
#define SLOW_SECONDS	120

#define FACTOR_MOST	16

uint64_t growth_next(struct growth *growth, uint64_t bytes, int64_t now)
{
	int64_t since = now - growth->last;

	if (!growth->factor)
		growth->factor = 1;
	else if (since < FAST_SECONDS && growth->factor < FACTOR_MOST)
		growth->factor *= 2;
	else if (since > SLOW_SECONDS && growth->factor > 1)
		growth->factor /= 2;
	growth->last = now;
	if (bytes > INT64_MAX / FACTOR_MOST)
		bytes = INT64_MAX / FACTOR_MOST;
	return bytes * growth->factor;
}
