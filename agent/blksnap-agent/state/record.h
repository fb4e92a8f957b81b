/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of one snapshot, as JSON in /run/blksnap. */
#ifndef BLKSNAP_RECORD_H
#define BLKSNAP_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

#include "device/member.h"
#include "storage/storage_plan.h"

/* Half made is what is not taken: it is not to be kept if its maker is gone. */
enum record_state {
	RECORD_CREATING,
	RECORD_HOOKED,		/* hooks were told of a freeze to come, and not yet of its end */
	RECORD_THAWED,		/* they were */
	RECORD_TAKEN,
};

/**
 * struct record - a snapshot
 * @id: the kernel's name for it
 * @name: the user's, or NULL
 * @state: see above
 * @creator: who made it, in words, or NULL
 * @devices: of which it is
 * @storage: where old data may go, and how much of it
 * @hooks: folder with hooks
 * @hook_timeout: seconds that one hook may take
 * @created: seconds since 1970
 * @expires: the same, or 0
 * @deadline: the same as @expires in seconds of CLOCK_BOOTTIME, which nobody sets; or 0
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

/* 0, -EINVAL if the text is no record, or -ENOMEM; record_free() follows either way. */
int record_parse(struct record *record, const char *text);

/* The record as text, to be freed, or NULL without memory. */
char *record_format(const struct record *record);

/* 0 or a negative errno; -ENOENT if there is none. record_free() follows either way. */
int record_read(struct record *record, const struct blksnap_id *id);
int record_write(const struct record *record);

/* Whether a snapshot has a record; also true if that cannot be determined. */
bool record_exists(const struct blksnap_id *id);

void record_free(struct record *record);

/* The ids of all records, to be freed; 0 or a negative errno. */
int record_list(struct blksnap_id **ids, size_t *count);

#endif
