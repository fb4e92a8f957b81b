/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The current state of a snapshot, from its record, the kernel and the file systems. */
#ifndef BLKSNAP_SNAPSHOT_STATUS_H
#define BLKSNAP_SNAPSHOT_STATUS_H

#include "state/record.h"
#include "state/storage_level.h"

/**
 * struct image_status - a device of a snapshot
 * @member: the device in the record
 * @image: path of the image; empty: none
 * @link: the path of the image below /dev/blksnap; empty: none
 * @error: 0, or the negative errno that made the image invalid
 */
struct image_status {
	const struct member *member;
	char image[64];
	char link[128];
	int error;
};

/**
 * struct snapshot_status - a snapshot
 * @record: its record
 * @managed: it has a record; otherwise only the id is known
 * @state: "taken", "creating", "lost" or "unmanaged"
 * @devices: one for each device of the record
 * @level: its storage
 * @monitor: pid of the monitor, or 0
 */
struct snapshot_status {
	struct record record;
	bool managed;
	const char *state;
	struct image_status *devices;
	struct storage_level level;
	long monitor;
};

/* Read the state. Returns 0 or a negative errno; snapshot_status_free() follows in both cases. */
int snapshot_status_read(struct snapshot_status *snapshot, const struct blksnap_id *id);
void snapshot_status_free(struct snapshot_status *snapshot);

/*
 * Find the current image of a device: its path, empty if there is none, and its error. Returns 0 or
 * a negative errno.
 */
int snapshot_status_image(const struct member *member, char image[64], int *error);

#endif
