/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The teardown of snapshots, and the cleanup after killed processes. */
#ifndef BLKSNAP_TEARDOWN_H
#define BLKSNAP_TEARDOWN_H

#include <stdbool.h>

#include "state/record.h"

/* How long the hook of a killed agent may take to be ended by its supervisor. */
#define TEARDOWN_HOOK_MS	35000

/*
 * Destroy a snapshot, wait for its monitor to exit, and remove its storage and its record. Returns
 * 0, or 1 after a message.
 */
int teardown_snapshot(int control, const struct record *record);

/*
 * Undo what a killed creator has done: run the hooks that are still due, destroy the snapshot in
 * the kernel, and detach from the devices. The storage and the record stay. The caller holds the
 * lock "create" of the snapshot. Returns 0, or 1 after a message.
 */
int teardown_undo_creation(struct record *record);

/*
 * Go through all records and registered places: finish what killed processes left, start missing
 * monitors, and remove storage files of snapshots that are gone. With @tell, a place that cannot be
 * reached is an error. Returns 0, or 1 after a message.
 */
int teardown_clean_up(bool tell);

#endif
