/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot as it is now: its record and what the kernel and the file systems say. */
#ifndef BLKSNAP_SNAPSHOT_STATUS_H
#define BLKSNAP_SNAPSHOT_STATUS_H

#include "state/record.h"

/**
 * struct image_status - a device of a snapshot
 * @member: the device, in the record
 * @image: path of the image; empty if there is none
 * @link: another path of it, which programs stumble over less; empty if there is none
 * @error: 0, or the negative errno of what spoilt the image
 */
struct image_status {
	const struct member *member;
	char image[64];
	char link[128];
	int error;
};

/**
 * struct snapshot_status - a snapshot
 * @record: what is known
 * @managed: there is a record; else only the id is known
 * @state: "taken", "creating", "lost" or "unmanaged"
 * @devices: as many as the record has
 * @allocated: bytes of storage that it has
 * @wanted: bytes that it asked for in vain
 * @monitor: the process that looks after it, or 0
 */
struct snapshot_status {
	struct record record;
	bool managed;
	const char *state;
	struct image_status *devices;
	uint64_t allocated;
	uint64_t wanted;
	long monitor;
};

/* 0 or a negative errno; snapshot_status_free() follows either way. */
int snapshot_status_read(struct snapshot_status *snapshot, const struct blksnap_id *id);
void snapshot_status_free(struct snapshot_status *snapshot);

/* The image that a device has now, as a path. 0 or a negative errno. */
int snapshot_status_image(const struct member *member, char image[64], int *error);

#endif
