/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Storage files of snapshots that are gone, in all places that were ever written down. */
#ifndef BLKSNAP_LEFTOVERS_H
#define BLKSNAP_LEFTOVERS_H

#include "storage/storage_pool.h"
#include "string_list.h"

/*
 * Removes what is left, and forgets places that are empty. A place that cannot be reached is
 * kept; with @tell that is an error with a message. Called with runtime_lock_all() held. 0, or 1
 * after a message.
 */
int leftovers_remove(bool tell);

/*
 * Forgets the places of a snapshot whose files were just removed, as far as they are empty: who
 * has them open can tell, also where nobody else reaches them any more.
 */
void leftovers_forget(const struct storage_pool *pool);

/* What is left and where, a sentence for each place; 0 or a negative errno. */
int leftovers_list(struct strings *texts);

#endif
