/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot as it is now: its record and what the kernel and the file systems say. */
#ifndef BLKSNAP_VIEW_H
#define BLKSNAP_VIEW_H

#include "record.h"

/**
 * struct view_device - a device of a snapshot
 * @path: of the device
 * @image: path of the image; empty if there is none
 * @error: 0, or the negative errno of what spoilt the image
 */
struct view_device {
	char *path;
	char image[64];
	int error;
};

/**
 * struct view - a snapshot
 * @record: what is known
 * @managed: there is a record; else only the id is known
 * @state: "taken", "creating", "lost" or "unmanaged"
 * @devices: as many as the record has
 * @used: bytes of storage
 * @monitor: the process that looks after it, or 0
 */
struct view {
	struct record record;
	bool managed;
	const char *state;
	struct view_device *devices;
	uint64_t used;
	long monitor;
};

/* 0 or a negative errno; view_free() follows either way. */
int view_open(struct view *view, const struct blksnap_id *id);
void view_free(struct view *view);

/* For one path of a device: the image that it has now. 0 or a negative errno. */
int view_image(const char *device, char image[64], int *error);

#endif
