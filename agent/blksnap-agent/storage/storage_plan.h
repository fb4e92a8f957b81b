/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where and how much a snapshot may store. */
#ifndef BLKSNAP_STORAGE_PLAN_H
#define BLKSNAP_STORAGE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "storage/storage_place.h"

/**
 * struct storage_plan - the storage of one snapshot
 * @places: folders and devices
 * @limit: maximum number of bytes; 0: no limit
 * @reserve: bytes that stay free on each file system, if @reserve_set
 * @reserve_set: @reserve was configured; otherwise a part of the file system stays free
 */
struct storage_plan {
	struct storage_places places;
	uint64_t limit;
	uint64_t reserve;
	bool reserve_set;
};

#endif
