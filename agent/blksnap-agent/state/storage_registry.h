/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /var/lib/blksnap/places: the registry of folders that may contain storage files, one a line. A
 * folder is registered, and the registry is synced, before the first file is created in it, so that
 * files left by a crash of the machine are found. The folder stays registered until it is empty.
 *
 * A line is the identity of the subfolder, a tab, and the path, in which \ooo stands for a line
 * feed or a backslash. A line that begins with a slash is a path alone, from an earlier version.
 */
#ifndef BLKSNAP_STORAGE_REGISTRY_H
#define BLKSNAP_STORAGE_REGISTRY_H

#include "storage/storage_place.h"

/*
 * Read, extend or replace the registry. The caller holds the lock of runtime_lock_all(). Each
 * function returns 0 or a negative errno.
 */
int storage_registry_read(struct storage_places *places);
int storage_registry_add(const struct storage_place *place);
int storage_registry_write(const struct storage_places *places);

#endif
