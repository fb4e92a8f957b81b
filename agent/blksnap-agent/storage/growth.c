// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdlib.h>

#include "storage/growth.h"
#include "text_file.h"

#define SECTOR_SIZE	512

/* The default of the module, used when the module is not loaded. */
#define PORTION		(UINT64_C(1) << 30)

/*
 * A portion that is used up within FAST_SECONDS was too small, one that lasts for more than
 * SLOW_SECONDS was too large.
 */
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

uint64_t growth_portion(void)
{
	char *text = text_file_read("/sys/module/blksnap/parameters/diff_storage_minimum");
	uint64_t sectors = text ? strtoull(text, NULL, 10) : 0;

	free(text);
	return sectors ? sectors * SECTOR_SIZE : PORTION;
}
