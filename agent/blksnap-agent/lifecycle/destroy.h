/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_DESTROY_H
#define BLKSNAP_DESTROY_H

#include <stdbool.h>

#include "state/record.h"

/*
 * Destroy a snapshot and remove its storage. @text is the name of the snapshot in messages. A
 * snapshot that is in use is refused unless @mounted is set. Returns 0, or 1 after a message.
 */
int destroy_snapshot(int control, const struct blksnap_id *id, const char *text, bool mounted);

/*
 * Check that no image of a snapshot is mounted or otherwise used. Returns 0, or 1 after a message.
 */
int destroy_check(const struct record *record, const char *text);

#endif
