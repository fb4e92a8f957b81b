/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices of other snapshots. */
#ifndef BLKSNAP_HELD_DEVICES_H
#define BLKSNAP_HELD_DEVICES_H

#include <blksnap/blksnap.h>

#include "device/device_numbers.h"

/*
 * Append the devices of all snapshots except @own: those in records, also of snapshots that are
 * being created, and the origins of all images, which other programs may have created. Devices that
 * cannot be listed are left out. The caller frees @held.
 */
void held_devices_list(const struct blksnap_id *own, struct device_numbers *held);

#endif
