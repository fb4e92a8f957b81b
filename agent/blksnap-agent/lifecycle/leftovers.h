/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Storage files of snapshots that are gone, in all registered places. */
#ifndef BLKSNAP_LEFTOVERS_H
#define BLKSNAP_LEFTOVERS_H

#include "storage/storage_pool.h"
#include "string_list.h"

/*
 * Remove such files, and remove empty places from the registry. A place that cannot be reached
 * stays registered; with @tell it is an error. The caller holds the lock of runtime_lock_all().
 * Returns 0, or 1 after a message.
 */
int leftovers_remove(bool tell);

/*
 * Remove the places of a pool from the registry, if they are empty after storage_pool_remove(). The
 * pool has them open, even if no path leads to them any more.
 */
void leftovers_forget(const struct storage_pool *pool);

/*
 * Append a sentence for each place where files are, or may be, left. Returns 0 or a negative errno.
 */
int leftovers_list(struct strings *texts);

#endif
