/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which places can store old data of a snapshot. */
#ifndef BLKSNAP_STORAGE_SELECT_H
#define BLKSNAP_STORAGE_SELECT_H

#include "device/device_numbers.h"
#include "device/target.h"
#include "storage/storage_place.h"

/*
 * Check a place that the user gave, and append it to @places. A folder must be on a file system
 * whose blocks do not move; a device must be empty. Neither may be stacked on a target. Of
 * "memory:SIZE" only the size is checked. Returns 0, or 1 after a message.
 */
int storage_select_given(const char *path, const struct targets *targets,
			 struct storage_places *places);

/* Print a note if a place is on one of the @held devices of other snapshots. */
void storage_select_warn(const struct storage_place *place, const struct device_numbers *held);

/*
 * Whether blocks of a device can be storage for all targets. If not, *reason is the reason, which
 * the caller frees, or NULL if out of memory.
 */
bool storage_select_fits(dev_t storage, const struct targets *targets, char **reason);

/* Whether the device with storage is, or is stacked on, one of the @held devices. */
bool storage_select_overlaps(dev_t storage, const struct device_numbers *held);

#endif
