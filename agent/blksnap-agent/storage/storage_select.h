/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the storage of a snapshot goes. */
#ifndef BLKSNAP_STORAGE_SELECT_H
#define BLKSNAP_STORAGE_SELECT_H

#include "device/device_numbers.h"
#include "device/target.h"
#include "storage/storage_place.h"

/*
 * Looks at what the user gave for storage: a folder on a file system whose blocks stay, or
 * a device that holds nothing; and not above a device of the snapshot. If it can be used, it is
 * added to @places. 0, or 1 after a message.
 */
int storage_select_given(const char *path, const struct targets *targets,
			 struct storage_places *places);

/* Print a note if a place is on one of the @held devices of other snapshots. */
void storage_select_warn(const struct storage_place *place, const struct device_numbers *held);

/* Whether blocks on a device can be storage for all targets; else *reason, to be freed. */
bool storage_select_fits(dev_t storage, const struct targets *targets, char **reason);

/* Whether the device with storage is, or is stacked on, one of the @held devices. */
bool storage_select_overlaps(dev_t storage, const struct device_numbers *held);

#endif
