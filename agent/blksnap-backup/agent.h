/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blksnap-agent, which takes the snapshots. */
#ifndef BLKSNAP_BACKUP_AGENT_H
#define BLKSNAP_BACKUP_AGENT_H

#include <json-c/json.h>

#include "bitmap.h"

/**
 * struct snapshot - one that we hold
 * @id: of the agent, or NULL
 * @whole: what "snapshot show" tells of it
 * @devices: the array of its devices, a part of @whole
 */
struct snapshot {
	char *id;
	struct json_object *whole;
	struct json_object *devices;
};

/*
 * Takes one of the devices (or options, as --all), in place of the one with the same name that a
 * run has left that was killed. 0 or -1 after a message.
 */
int agent_take(struct snapshot *snapshot, const char *name, char **words, size_t count);

/* One that is held already; 0 or -1 after a message. It is not ours to be destroyed. */
int agent_find(struct snapshot *snapshot, const char *id);
void agent_forget(struct snapshot *snapshot);

/* The size of the blocks whose changes are tracked, or 0 after a message. */
uint32_t agent_block_size(const char *device);

/* Starts a process that ends when the snapshot does; 0 or -1 after a message. */
int agent_await_end(struct child *child, const struct snapshot *snapshot);

/* Nothing, if none is held. */
void agent_destroy(struct snapshot *snapshot);

enum agent_changes {
	AGENT_CHANGES_OK,
	AGENT_CHANGES_STALE,	/* another generation: everything is to be copied */
	AGENT_CHANGES_FAILED,	/* after a message */
};

/* Adds what changed on a device of the snapshot since the one with this number. */
enum agent_changes agent_changes_since(const char *device, uint64_t number, const char *generation,
				       struct bitmap *bitmap);

#endif
