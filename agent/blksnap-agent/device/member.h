/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device of a snapshot, as in its record. */
#ifndef BLKSNAP_MEMBER_H
#define BLKSNAP_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <json-c/json.h>

#include <blksnap/blksnap.h>

/**
 * struct member - a device of a snapshot
 * @path: of the device node
 * @given: the name that the user gave
 * @mount_point: of its file system, or NULL
 * @stable: path of a link that survives a reboot, or NULL
 * @uuid: of its file system, or NULL
 * @label: of its file system, or NULL
 * @role: "log" or "realtime" if the device has that role for the preceding device, or NULL
 * @number: device number, by which the device is identified
 * @size: in bytes
 * @generation: generation of its change map when the snapshot was taken; zeros before
 * @take: number of the snapshot in that generation; 0 before
 * @attached: the device was not tracked before
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

/* Append a copy. Returns 0 or -ENOMEM. */
int members_add(struct members *members, const struct member *member);
void members_free(struct members *members);
void member_free(struct member *member);

/* Open the device with the number of the member. Returns as blksnap_device_open(). */
int member_open(const struct member *member);

/* Returns the most familiar name: the mount point, the stable link, or the node. */
const char *member_name(const struct member *member);

/*
 * Returns these names of all members, separated by blanks. The caller frees the string; NULL if out
 * of memory.
 */
char *members_join(const struct members *members);

/* The same with the paths of the nodes. */
char *members_join_paths(const struct members *members);

/* Format a name for messages: the given or most familiar name, and the node in parentheses. */
#define MEMBER_LABEL	512
const char *member_label(const struct member *member, char text[MEMBER_LABEL]);

/* Convert to and from the JSON of a record. members_read() returns 0, -EINVAL or -ENOMEM. */
struct json_object *members_write(const struct members *members);
int members_read(struct members *members, struct json_object *array);

/* Read the member "attached" of a record of an earlier version: an array of paths. */
int members_mark_attached(struct members *members, struct json_object *array);

#endif
