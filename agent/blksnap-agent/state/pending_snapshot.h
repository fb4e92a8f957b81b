/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The id of a snapshot that has no record yet. The kernel chooses it, and writes it into a
 * file that is mapped: /run/blksnap/draft.*, locked by who makes the snapshot. So a process
 * that is killed, at whatever moment, leaves no snapshot or one that is known.
 */
#ifndef BLKSNAP_PENDING_SNAPSHOT_H
#define BLKSNAP_PENDING_SNAPSHOT_H

#include <blksnap/blksnap.h>

/**
 * struct pending_snapshot - such a file; all zeros is none
 * @path: of the file
 * @id: in the file; zeros as long as there is no snapshot
 * @fd: holds the lock
 */
struct pending_snapshot {
	char *path;
	struct blksnap_id *id;
	int fd;
};

/* 0 or a negative errno. */
int pending_snapshot_open(struct pending_snapshot *pending);

/* When the snapshot has a record, or is gone. Nothing is done the second time. */
void pending_snapshot_remove(struct pending_snapshot *pending);

/*
 * Calls @end with the id of each pending snapshot whose creator is gone, and removes its file if that
 * returns 0. Called with runtime_lock_all() held. 0, or 1 after a message.
 */
int pending_snapshot_reap(int (*end)(const struct blksnap_id *id));

#endif
