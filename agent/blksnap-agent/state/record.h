/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of one snapshot, as JSON in /run/blksnap. */
#ifndef BLKSNAP_RECORD_H
#define BLKSNAP_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

#include "device/member.h"
#include "storage/storage_place.h"

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
 * @storage: folders and devices
 * @hooks: folder with hooks
 * @hook_timeout: seconds that one hook may take
 * @limit: bytes of storage at most; 0: no limit
 * @reserve: bytes that stay free on file systems with storage
 * @reserve_set: else it is a part of the file system
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
	struct storage_places storage;
	char *hooks;
	uint64_t hook_timeout;
	uint64_t limit;
	uint64_t reserve;
	bool reserve_set;
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

void record_free(struct record *record);

/* The ids of all records, to be freed; 0 or a negative errno. */
int record_list(struct blksnap_id **ids, size_t *count);

#endif
