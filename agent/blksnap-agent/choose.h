/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the storage of a snapshot goes. */
#ifndef BLKSNAP_CHOOSE_H
#define BLKSNAP_CHOOSE_H

#include "record.h"
#include "target.h"

/*
 * Looks at what the user gave for storage: a folder on a file system whose blocks stay, or
 * a device that holds nothing; and not above a device of the snapshot. 0, or 1 after a
 * message.
 */
int choose_check(const char *path, const struct targets *targets);

/* A message if it lies on a device of another snapshot than @own: two can wait for each other. */
void choose_warn(const char *path, const struct blksnap_id *own);

/*
 * The folder of the file system that is best for @bytes of storage, to be freed, or NULL if
 * none is safe: if possible off the devices of other snapshots and then off the disks of this
 * one, and of those with the most space.
 */
char *choose_folder(const struct targets *targets, const struct record *record, uint64_t bytes);

#endif
