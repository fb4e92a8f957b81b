/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that a snapshot is given. What fails leaves them as they were. */
#ifndef BLKSNAP_MEMBERS_H
#define BLKSNAP_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include <blksnap/blksnap.h>

/**
 * struct member - a device that is to be in a snapshot
 * @name: as written
 * @fd: open device, or -1
 * @attached: by this call, which therefore detaches it if anything fails
 */
struct member {
	const char *name;
	int fd;
	bool attached;
};

struct members {
	struct member *items;
	size_t count;
};

/*
 * Opens the devices, and attaches those that are not attached. Returns 0, or 1 after a
 * message. Either way snapshot_members_close() follows.
 */
int snapshot_members_attach(struct members *members, const char *const *names, size_t count);

/*
 * Adds them to a snapshot, which messages name by @id_text, or as a new one if that is NULL.
 * Returns 0, or 1 after a message.
 */
int snapshot_members_add(const struct members *members, const struct blksnap_id *id, const char *id_text);

/* Closes them. With @failed, those that snapshot_members_attach() attached are detached again. */
void snapshot_members_close(struct members *members, bool failed);

#endif
