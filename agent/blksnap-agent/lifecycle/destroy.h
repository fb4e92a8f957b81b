/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_DESTROY_H
#define BLKSNAP_DESTROY_H

#include <stdbool.h>

#include "state/record.h"

/*
 * Destroys a snapshot that is known as @text, and removes its storage. One that is in use is
 * refused without @mounted. 0, or 1 after a message.
 */
int destroy_snapshot(int control, const struct blksnap_id *id, const char *text, bool mounted);

/*
 * Check that no image of a snapshot is mounted or used otherwise. Returns 0, or 1 after a message
 * that has @text for the snapshot.
 */
int destroy_check(const struct record *record, const char *text);

#endif
