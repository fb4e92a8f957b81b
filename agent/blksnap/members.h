/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices that are added to a snapshot. On failure they are left as they were. */
#ifndef BLKSNAP_MEMBERS_H
#define BLKSNAP_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include <blksnap/blksnap.h>

/**
 * struct member - a device to be added to a snapshot
 * @name: as the user wrote it
 * @fd: descriptor, or -1
 * @attached: attached by this command, which detaches it again on failure
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
 * Open the devices, and attach those that are not attached. Returns 0, or 1 after a message;
 * snapshot_members_close() follows in both cases.
 */
int snapshot_members_attach(struct members *members, const char *const *names, size_t count);

/*
 * Add the devices to a snapshot; messages call it @id_text, or the new snapshot if @id_text is
 * NULL. Returns 0, or 1 after a message.
 */
int snapshot_members_add(const struct members *members, const struct blksnap_id *id, const char *id_text);

/* Close the devices. With @failed, detach those that snapshot_members_attach() attached. */
void snapshot_members_close(struct members *members, bool failed);

#endif
