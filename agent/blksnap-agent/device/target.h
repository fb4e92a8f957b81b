/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that a command operates on. */
#ifndef BLKSNAP_TARGET_H
#define BLKSNAP_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "device/member.h"
#include "string_list.h"

/**
 * struct target - an open block device
 * @member: its number and names
 * @fd: descriptor
 * @attached: this command attached blksnap to it
 */
struct target {
	struct member member;
	int fd;
	bool attached;
};

struct targets {
	struct target *items;
	size_t count;
};

/*
 * Add the device with a name: a path, UUID=, LABEL=, PARTUUID=, PARTLABEL=, a mount point, or the
 * name of a logical volume. A mount point of a file system on several devices adds all of them.
 * Devices that were added before are skipped. Returns 0, or 1 after a message.
 */
int targets_add(struct targets *targets, const char *name);

/*
 * Add the devices of all mounted local file systems except those in @excluded, which are names as
 * above. Other file systems that are left out are reported. Returns 0, or 1 after a message.
 */
int targets_add_mounted(struct targets *targets, const struct strings *excluded);

/*
 * Add the device with a name that must stand for one device only. Returns 0, or 1 after a message.
 */
int targets_add_one(struct targets *targets, const char *name);

bool targets_have(const struct targets *targets, dev_t number);
void targets_free(struct targets *targets);

#endif
