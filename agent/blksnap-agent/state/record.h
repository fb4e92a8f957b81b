/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The record of a snapshot: JSON in /run/blksnap. */
#ifndef BLKSNAP_RECORD_H
#define BLKSNAP_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

#include "device/member.h"
#include "storage/storage_plan.h"

/* A snapshot that is not taken is destroyed when its creator is gone. */
enum record_state {
	RECORD_CREATING,
	RECORD_HOOKED,		/* "pre-freeze" hooks may have run, "post-thaw" hooks have not */
	RECORD_THAWED,		/* "post-thaw" hooks have run */
	RECORD_TAKEN,
};

/**
 * struct record - a snapshot
 * @id: its id
 * @name: its name, or NULL
 * @state: progress of its creation
 * @creator: description of the user and the program that created it, or NULL
 * @devices: devices of the snapshot
 * @storage: where and how much it may store
 * @hooks: folder with hooks
 * @hook_timeout: time limit of each hook in seconds
 * @created: seconds since 1970
 * @expires: seconds since 1970; 0: never
 * @deadline: @expires in seconds of CLOCK_BOOTTIME, which cannot be set; 0: never
 */
struct record {
	struct blksnap_id id;
	char *name;
	enum record_state state;
	char *creator;
	struct members devices;
	struct storage_plan storage;
	char *hooks;
	uint64_t hook_timeout;
	int64_t created;
	int64_t expires;
	int64_t deadline;
};

/* Parse a record. Returns 0, -EINVAL or -ENOMEM; record_free() follows in all cases. */
int record_parse(struct record *record, const char *text);

/* Returns the record as text. The caller frees it; NULL if out of memory. */
char *record_format(const struct record *record);

/*
 * Read the record of a snapshot. Returns 0, -ENOENT if there is none, or another negative errno;
 * record_free() follows in all cases.
 */
int record_read(struct record *record, const struct blksnap_id *id);
int record_write(const struct record *record);

/* Whether a snapshot has a record; also true if that cannot be determined. */
bool record_exists(const struct blksnap_id *id);

void record_free(struct record *record);

/* List the ids of all records. The caller frees *ids. Returns 0 or a negative errno. */
int record_list(struct blksnap_id **ids, size_t *count);

#endif
