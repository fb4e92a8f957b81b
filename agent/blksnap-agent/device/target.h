/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that a command is about. */
#ifndef BLKSNAP_TARGET_H
#define BLKSNAP_TARGET_H

#include <stdbool.h>
#include <stddef.h>

#include "device/member.h"
#include "string_list.h"

/**
 * struct target - a block device, open
 * @member: what it is
 * @fd: for the functions of libblksnap
 * @attached: blksnap was attached to it just now
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
 * Adds the device of a name: a path, UUID=, LABEL=, PARTUUID=, PARTLABEL=, a mount point, or
 * the name of a logical volume. A mount point of a file system on several devices adds
 * them all. What is there already is not added again. 0, or 1 after a message.
 */
int targets_add(struct targets *targets, const char *name);

/*
 * Adds the devices of each mounted local file system but for those in @excluded, which are names
 * as above. What is left out for another reason is told of. 0, or 1 after a message.
 */
int targets_add_mounted(struct targets *targets, const struct strings *excluded);

/* The only device of a name: 0, or 1 after a message. */
int targets_add_one(struct targets *targets, const char *name);

bool targets_have(const struct targets *targets, dev_t number);
void targets_free(struct targets *targets);

#endif
