/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The id of a snapshot that has no record yet. The kernel chooses it, and writes it into a
 * file that is mapped: /run/blksnap/draft.*, locked by who makes the snapshot. So a process
 * that is killed, at whatever moment, leaves no snapshot or one that is known.
 */
#ifndef BLKSNAP_DRAFT_H
#define BLKSNAP_DRAFT_H

#include <blksnap/blksnap.h>

/**
 * struct draft - such a file; all zeros is none
 * @path: of the file
 * @id: in the file; zeros as long as there is no snapshot
 * @fd: holds the lock
 */
struct draft {
	char *path;
	struct blksnap_id *id;
	int fd;
};

/* 0 or a negative errno. */
int draft_open(struct draft *draft);

/* When the snapshot has a record, or is gone. Nothing is done the second time. */
void draft_remove(struct draft *draft);

/*
 * Calls @end with the id in each draft whose maker is gone, and removes the draft if that
 * returns 0. Called with runtime_lock_all() held. 0, or 1 after a message.
 */
int draft_go_through(int (*end)(const struct blksnap_id *id));

#endif
