/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot that is being made, see create.c. */
#ifndef BLKSNAP_CREATION_H
#define BLKSNAP_CREATION_H

#include <stdbool.h>

#include "cli/settings.h"
#include "device/target.h"
#include "state/pending_snapshot.h"
#include "state/record.h"

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
 * Finds the storage, and gives the snapshot what it is to have before the take. 0, or 1 after a
 * message.
 */
int creation_store(struct creation *creation);

/* Prints which devices and which storage it would be. 0, or 1 after a message. */
int creation_tell(struct creation *creation, bool json);

#endif
