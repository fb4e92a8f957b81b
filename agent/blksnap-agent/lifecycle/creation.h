/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot that is being made, see create.c. */
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
 * @settings: what was asked for
 * @targets: the devices
 * @record: what gets known of it
 * @control: the way to the module
 * @pending: its id, as long as it has no record
 * @lock: held while it is half made, or -1
 * @created: the kernel has it
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
 * Block SIGINT, SIGTERM and SIGHUP, which creation_make() looks at between its steps, where all of
 * them can be undone. SIGPIPE is ignored: the error of the write tells the same.
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
 * For creation_make(): select the storage, and append as much as the snapshot shall have before it
 * is taken. Returns 0, or 1 after a message.
 */
int creation_make_storage(struct creation *creation);

/*
 * List the places that creation_make_storage() would try, best first, and change nothing. Returns 0,
 * or 1 after a message; candidates_free() follows in both cases.
 */
int creation_plan_storage(struct creation *creation, struct candidates *candidates);

#endif
