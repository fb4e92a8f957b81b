/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What snapshot.c, snapshot_storage.c and snapshot_take.c share.
 */
#ifndef BLKSNAP_SNAPSHOT_INTERNAL_H
#define BLKSNAP_SNAPSHOT_INTERNAL_H

#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include "../idle.h"
#include "member.h"
#include "snapshot.h"

/**
 * enum snapshot_state - states of a snapshot
 * @SNAPSHOT_NEW: it was created; devices and storage can be added
 * @SNAPSHOT_TAKING: snapshot_take() is in progress; storage can be appended
 * @SNAPSHOT_TAKEN: its images exist; storage can be appended
 * @SNAPSHOT_GONE: it is being destroyed
 */
enum snapshot_state {
	SNAPSHOT_NEW,
	SNAPSHOT_TAKING,
	SNAPSHOT_TAKEN,
	SNAPSHOT_GONE,
};

/**
 * struct snapshot - a snapshot
 * @link: in the list of all snapshots; under snapshots_lock
 * @ref: one for the list, one for each call that uses it
 * @id: its id
 * @lock: protects @state, @members with what is in them, @nr_members, and the devices of @storage;
 *	see the head of snapshot.c
 * @state: see there; read without @lock by snapshot_any_taken()
 * @members: struct member
 * @nr_members: number of members
 * @storage: storage of all members; it has locks of its own
 * @gone: completed when the snapshot is destroyed
 */
struct snapshot {
	struct list_head link;
	struct kref ref;
	struct blksnap_uuid id;
	struct mutex lock;
	enum snapshot_state state;
	struct list_head members;
	unsigned int nr_members;
	struct diff_storage storage;
	struct completion gone;
};

/**
 * snapshot_find - find a snapshot by its id
 * @id: the id
 *
 * Context: may sleep.
 * Return: the snapshot, with a reference for snapshot_put(); or NULL.
 */
struct snapshot *snapshot_find(const struct blksnap_uuid *id);

/**
 * snapshot_find_locked - find a snapshot by its id, and lock it
 * @id: the id
 * @wait: wait until a snapshot that is being destroyed is gone
 *
 * A program that is told that a snapshot does not exist may rely on its storage being free. So the
 * caller passes true for @wait, unless it holds a lock that destroying may need.
 *
 * Context: may sleep.
 * Return: the snapshot, for snapshot_unlock_put(); NULL if it does not exist or is being destroyed.
 */
struct snapshot *snapshot_find_locked(const struct blksnap_uuid *id, bool wait);

/* snapshot_put - drop a reference. Context: may sleep. */
void snapshot_put(struct snapshot *snapshot);

/* snapshot_unlock_put - undo snapshot_find_locked() */
void snapshot_unlock_put(struct snapshot *snapshot);

/* snapshot_set_state - change the state. Context: the snapshot's lock. */
void snapshot_set_state(struct snapshot *snapshot, enum snapshot_state state);

/**
 * snapshot_drop_members - undo what a take has done, however far it got
 * @snapshot: the snapshot, TAKING or GONE
 *
 * Context: may sleep; the task that set the state; no lock held.
 */
void snapshot_drop_members(struct snapshot *snapshot);

#endif /* BLKSNAP_SNAPSHOT_INTERNAL_H */
