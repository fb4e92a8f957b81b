/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much storage to add: the more, the faster the last was used up. */
#ifndef BLKSNAP_GROWTH_H
#define BLKSNAP_GROWTH_H

#include <stdint.h>

/**
 * struct growth - what is remembered between two requests
 * @last: when the last one came, in seconds; 0: there was none
 * @factor: portions of the size that the kernel asks for
 */
struct growth {
	int64_t last;
	unsigned int factor;
};

/* The bytes to add for a request for @bytes that came at @now. */
uint64_t growth_next(struct growth *growth, uint64_t bytes, int64_t now);

/* What the module asks for at a time, in bytes. */
uint64_t growth_portion(void);

#endif
