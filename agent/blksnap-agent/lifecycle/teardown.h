/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How snapshots end, and what is left of those that ended badly. */
#ifndef BLKSNAP_TEARDOWN_H
#define BLKSNAP_TEARDOWN_H

#include <stdbool.h>

#include "state/record.h"

/* How long a hook may take to be ended whose agent was killed. */
#define TEARDOWN_HOOK_MS	35000

/*
 * Destroys a snapshot, waits for what looks after it to end, removes its storage and its
 * record. 0, or 1 after a message.
 */
int teardown_snapshot(int control, const struct record *record);

/*
 * Takes back what a process had done that was killed while it made a snapshot: tells the
 * hooks, destroys what the kernel has, detaches from the devices. Its storage and record
 * stay. Called with the snapshot's lock "create" held. 0, or 1 after a message.
 */
int teardown_undo_creation(struct record *record);

/*
 * Goes through all records and places: finishes what a process that died left half done,
 * has snapshots looked after again, and removes storage files of snapshots that do not
 * exist any more. With @tell, also what cannot be looked at is an error. 0, or 1 after a message.
 */
int teardown_clean_up(bool tell);

#endif
