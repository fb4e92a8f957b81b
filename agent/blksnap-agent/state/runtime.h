/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /run/blksnap: what is known of the snapshots that the agent holds. It ends with the
 * machine, as the snapshots do.
 *
 *	ID.json		the record, see record.h
 *	ID.create	locked by who makes the snapshot, for as long as it is half made, and
 *			holds the number of that process
 *	ID.monitor	locked by who looks after it, and holds the number of that process
 *	ID.lost		there when an image was lost; holds the errno
 *	ID.expired	there when its time is over
 *	ID.storage	bytes of storage that it has, and those that it asked for in vain
 *	pending.*		an id that has no record yet, see pending.h
 *	hooks		locked from the hooks before a take to those after it
 *	lock		locked while records are gone through
 */
#ifndef BLKSNAP_RUNTIME_H
#define BLKSNAP_RUNTIME_H

#include <stdbool.h>
#include <sys/types.h>

#include <blksnap/blksnap.h>

#define RUNTIME_DIR	"/run/blksnap"

/* Makes the folder; 0, or 1 after a message. */
int runtime_prepare(void);

/* The path of a snapshot's file with this suffix, to be freed, or NULL without memory. */
char *runtime_path(const struct blksnap_id *id, const char *suffix);

/*
 * Locks a snapshot's file, which is made if need be. A descriptor that holds the lock, or
 * -EWOULDBLOCK if another process has it and @wait is not set.
 */
int runtime_lock(const struct blksnap_id *id, const char *suffix, bool wait);

/* The same, trying for some time. */
int runtime_lock_within(const struct blksnap_id *id, const char *suffix, int ms);

/*
 * The same, trying only as long as the process that the file names is one that has died: the one
 * that ends its hook, and soon, may hold the lock still.
 */
int runtime_lock_orphan(const struct blksnap_id *id, const char *suffix, int ms);

/* How long runtime_nap() is, between two tries of a lock. */
#define RUNTIME_NAP_MS	10

void runtime_nap(void);

/* The same for all records together, and for the list of places. */
int runtime_lock_all(void);
int runtime_lock_all_within(int ms);

/*
 * For hooks, which know of no other snapshot than theirs. After all other locks. Does not
 * wait.
 */
int runtime_lock_hooks(void);

/* Whether a process holds the lock; false also if that cannot be told. */
bool runtime_locked(const struct blksnap_id *id, const char *suffix);

/* The process that a lock's file names, or 0. */
pid_t runtime_lock_owner(const struct blksnap_id *id, const char *suffix);

/* Writes a file anew, so that a reader sees the old or the new text; 0 or a negative errno. */
int runtime_write(const char *path, const char *text);

/* Removes all files of a snapshot, the record last. */
void runtime_forget(const struct blksnap_id *id);

#endif
