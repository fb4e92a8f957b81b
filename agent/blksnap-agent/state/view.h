/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot as it is now: its record and what the kernel and the file systems say. */
#ifndef BLKSNAP_VIEW_H
#define BLKSNAP_VIEW_H

#include "state/record.h"

/**
 * struct view_device - a device of a snapshot
 * @member: the device, in the record
 * @image: path of the image; empty if there is none
 * @link: another path of it, which programs stumble over less; empty if there is none
 * @error: 0, or the negative errno of what spoilt the image
 */
struct view_device {
	const struct member *member;
	char image[64];
	char link[128];
	int error;
};

/**
 * struct view - a snapshot
 * @record: what is known
 * @managed: there is a record; else only the id is known
 * @state: "taken", "creating", "lost" or "unmanaged"
 * @devices: as many as the record has
 * @allocated: bytes of storage that it has
 * @wanted: bytes that it asked for in vain
 * @monitor: the process that looks after it, or 0
 */
struct view {
	struct record record;
	bool managed;
	const char *state;
	struct view_device *devices;
	uint64_t allocated;
	uint64_t wanted;
	long monitor;
};

/* 0 or a negative errno; view_free() follows either way. */
int view_open(struct view *view, const struct blksnap_id *id);
void view_free(struct view *view);

/* The image that a device has now, as a path. 0 or a negative errno. */
int view_image(const struct member *member, char image[64], int *error);

#endif
