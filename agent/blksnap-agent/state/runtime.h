/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /run/blksnap: the state of the agent's snapshots. It is lost at a reboot, like the snapshots.
 *
 *	ID.json		the record, see record.h
 *	ID.create	locked by the creator until the snapshot is taken; contains its pid
 *	ID.monitor	locked by the monitor; contains its pid
 *	ID.lost		an image is lost
 *	ID.expired	the snapshot has expired
 *	ID.storage	how much storage there is, see storage_level.h
 *	draft.*		an id without a record, see pending_snapshot.h
 *	hooks		locked from the hooks before a take until after those that follow it
 *	lock		locked while records are created or cleaned up
 */
#ifndef BLKSNAP_RUNTIME_H
#define BLKSNAP_RUNTIME_H

#include <stdbool.h>
#include <sys/types.h>

#include <blksnap/blksnap.h>

#define RUNTIME_DIR	"/run/blksnap"

/* Create the folder. Returns 0, or 1 after a message. */
int runtime_prepare(void);

/* Returns the path of a snapshot's file. The caller frees it; NULL if out of memory. */
char *runtime_path(const struct blksnap_id *id, const char *suffix);

/*
 * Lock a snapshot's file, which is created if it does not exist. Returns a descriptor that holds
 * the lock, -EWOULDBLOCK if another process has it and @wait is false, or another negative errno.
 */
int runtime_lock(const struct blksnap_id *id, const char *suffix, bool wait);

/* The same, with a time limit for the wait. */
int runtime_lock_within(const struct blksnap_id *id, const char *suffix, int ms);

/*
 * The same, but wait only if the process named in the file has died: its hook supervisor inherited
 * the lock, and is about to release it.
 */
int runtime_lock_orphan(const struct blksnap_id *id, const char *suffix, int ms);

/* The time that runtime_nap() sleeps between two attempts to lock. */
#define RUNTIME_NAP_MS	10

void runtime_nap(void);

/* Lock all records and the registry of places. */
int runtime_lock_all(void);
int runtime_lock_all_within(int ms);

/* Lock the hooks of all snapshots, without waiting. Taken after all other locks. */
int runtime_lock_hooks(void);

/* Whether a process holds the lock; also false if that cannot be determined. */
bool runtime_locked(const struct blksnap_id *id, const char *suffix);

/* Returns the pid in a lock's file, or 0. */
pid_t runtime_lock_owner(const struct blksnap_id *id, const char *suffix);

/* Replace a file atomically. Returns 0 or a negative errno. */
int runtime_write(const char *path, const char *text);

/* Remove all files of a snapshot, the record last. */
void runtime_forget(const struct blksnap_id *id);

#endif
