/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /var/lib/blksnap/places: the folders that may hold storage files, one a line. A folder
 * is written down, and that is on the disk, before the first file is made in it; so what a
 * crash of the machine leaves behind is found. It stays there until it was seen to be empty.
 *
 * A line has the identity of the subfolder, a tabulator, and the path, with \ooo for what would
 * be another line. What begins with a slash is the path alone, from an earlier version.
 */
#ifndef BLKSNAP_LEDGER_H
#define BLKSNAP_LEDGER_H

#include "storage/storage_place.h"

/* Each returns 0 or a negative errno. The lock of runtime_lock_all() must be held. */
int storage_registry_read(struct storage_places *places);
int storage_registry_add(const struct storage_place *place);
int storage_registry_write(const struct storage_places *places);

#endif
