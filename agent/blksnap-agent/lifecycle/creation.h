/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The creation of a snapshot. */
#ifndef BLKSNAP_CREATION_H
#define BLKSNAP_CREATION_H

#include <stdbool.h>

#include "cli/settings.h"
#include "device/target.h"
#include "state/pending_snapshot.h"
#include "state/record.h"
#include "storage/storage_candidates.h"

/**
 * struct creation - a snapshot that is being created
 * @settings: settings for it
 * @targets: its devices
 * @record: its record
 * @control: descriptor of the module
 * @pending: its id while it has no record
 * @lock: descriptor that holds the lock "create" until it is taken, or -1
 * @created: it exists in the kernel
 */
struct creation {
	const struct settings *settings;
	struct targets targets;
	struct record record;
	struct pending_snapshot pending;
	int control;
	int lock;
	bool created;
};

/*
 * Block SIGINT, SIGTERM and SIGHUP. creation_make() checks for them between its steps, where
 * everything can be undone. SIGPIPE is ignored: the write of the result fails instead.
 */
void creation_block_signals(void);

/* Check that no snapshot has the name, which may be NULL. Returns 0, or 1 after a message. */
int creation_check_name(const char *name);

/*
 * Create and take a snapshot of the targets, with a name or NULL. Returns 0, or 1 after a message;
 * creation_undo() follows then.
 */
int creation_make(struct creation *creation, const char *name);

/* Undo the steps that were done, in reverse. Failures are reported. */
void creation_undo(struct creation *creation);

/* Release what the structure refers to, except the descriptor of the module. */
void creation_free(struct creation *creation);

/*
 * Part of creation_make(): select the storage, and append what the snapshot needs before it is
 * taken. Returns 0, or 1 after a message.
 */
int creation_make_storage(struct creation *creation);

/*
 * List the places that creation_make_storage() would try, best first, and change nothing. Returns
 * 0, or 1 after a message; candidates_free() follows in both cases.
 */
int creation_plan_storage(struct creation *creation, struct candidates *candidates);

#endif
