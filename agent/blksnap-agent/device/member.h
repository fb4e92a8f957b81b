/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device of a snapshot, as it is written down. */
#ifndef BLKSNAP_MEMBER_H
#define BLKSNAP_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <json-c/json.h>

#include <blksnap/blksnap.h>

/**
 * struct member - the device
 * @path: of its node
 * @given: the name that the user gave for it
 * @mount_point: of its file system, or NULL
 * @stable: the path of a link that is the same after the next boot, or NULL
 * @uuid: of its file system, or NULL
 * @label: the same
 * @role: "log" or "realtime" if it is that of the file system on a device before it, or NULL
 * @number: of the device; all looks at it go by this
 * @size: in bytes
 * @generation: of its change map at the take; zeros before
 * @take: the number of that take; 0 before
 * @attached: it was not tracked before
 */
struct member {
	char *path;
	char *given;
	char *mount_point;
	char *stable;
	char *uuid;
	char *label;
	char *role;
	dev_t number;
	uint64_t size;
	struct blksnap_id generation;
	unsigned int take;
	bool attached;
};

struct members {
	struct member *items;
	size_t count;
};

/* Appends a copy; 0 or -ENOMEM. */
int members_add(struct members *members, const struct member *member);
void members_free(struct members *members);
void member_free(struct member *member);

/* Opens the device with the member's number, by whatever name: as blksnap_device_open(). */
int member_open(const struct member *member);

/* What people know it as: the mount point, the stable name, or the node. */
const char *member_name(const struct member *member);

/* These names of all of them with a blank between, to be freed, or NULL without memory. */
char *members_join(const struct members *members);

/* The same with the paths of their nodes. */
char *members_join_paths(const struct members *members);

/* For messages: the name, and behind it the node if that is another one. */
#define MEMBER_LABEL	512
const char *member_label(const struct member *member, char text[MEMBER_LABEL]);

/* To be put in a record, and from there: 0, -EINVAL or -ENOMEM. */
struct json_object *members_write(const struct members *members);
int members_read(struct members *members, struct json_object *array);

/* What there is in a record from an earlier version: the paths alone. */
int members_mark_attached(struct members *members, struct json_object *array);

#endif
