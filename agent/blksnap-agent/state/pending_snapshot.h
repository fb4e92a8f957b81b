/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A snapshot that has no record yet. The kernel chooses its id, and writes the id into a mapped
 * file, /run/blksnap/draft.*, which its creator keeps locked. So a process that is killed at any
 * moment leaves either no snapshot, or one whose id is known.
 */
#ifndef BLKSNAP_PENDING_SNAPSHOT_H
#define BLKSNAP_PENDING_SNAPSHOT_H

#include <blksnap/blksnap.h>

/**
 * struct pending_snapshot - such a file; all zeros: none
 * @path: of the file
 * @id: the mapped id; zeros until the snapshot exists
 * @fd: descriptor that holds the lock
 */
struct pending_snapshot {
	char *path;
	struct blksnap_id *id;
	int fd;
};

/* Create the file. Returns 0 or a negative errno. */
int pending_snapshot_open(struct pending_snapshot *pending);

/* Remove the file, when the snapshot has a record or is gone. A second call does nothing. */
void pending_snapshot_remove(struct pending_snapshot *pending);

/*
 * Call @end with the id of each pending snapshot whose creator is gone; remove the file if @end
 * returns 0. The caller holds the lock of runtime_lock_all(). Returns 0, or 1 after a message.
 */
int pending_snapshot_reap(int (*end)(const struct blksnap_id *id));

#endif
