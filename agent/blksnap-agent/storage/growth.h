/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much storage to append: the faster the last portion was used up, the larger the next one. */
#ifndef BLKSNAP_GROWTH_H
#define BLKSNAP_GROWTH_H

#include <stdint.h>

/**
 * struct growth - history of the requests
 * @last: time of the last request in seconds; 0: none
 * @factor: multiple of the requested size to append
 */
struct growth {
	int64_t last;
	unsigned int factor;
};

/* Returns the bytes to append for a request for @bytes at the time @now. */
uint64_t growth_next(struct growth *growth, uint64_t bytes, int64_t now);

/* Returns the bytes that the module requests at a time. */
uint64_t growth_portion(void);

#endif
