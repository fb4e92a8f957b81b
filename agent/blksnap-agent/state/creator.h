/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who created a snapshot, and which snapshot holds a device. */
#ifndef BLKSNAP_CREATOR_H
#define BLKSNAP_CREATOR_H

#include "state/record.h"

/*
 * Returns the user who logged in and the calling program, as "root (backup.sh)". The caller frees
 * it; NULL if out of memory.
 */
char *creator_describe(void);

/*
 * Print an error that a device is in another snapshot than @own, which one that is, and how to end
 * it.
 */
void creator_report_holder(const struct member *member, const struct blksnap_id *own);

#endif
