/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A qemu-storage-daemon of our own, which copies. */
#ifndef BLKSNAP_BACKUP_DAEMON_H
#define BLKSNAP_BACKUP_DAEMON_H

#include <stdbool.h>

#include <json-c/json.h>

#include "child.h"

/**
 * struct daemon - it, and the roads to it
 * @child: the process
 * @object: one that it makes before all others, or NULL
 * @monitor: QMP, or NULL
 * @socket: the socket that its NBD server listens on, as a file without a name; -1 if there is none
 */
struct daemon {
	struct child child;
	const char *object;
	FILE *monitor;
	int socket;
};

/* What it is to have open was given by child_pass() before. 0 or -1 after a message. */
int daemon_start(struct daemon *daemon);

/* A connection to its NBD server, or -1. The server ends one that asks for nothing in time. */
int daemon_connect(const struct daemon *daemon);

/*
 * A command and its arguments, which are released. 0 or -1 after a message; its result is in
 * *result, to be released, if that is given.
 */
int daemon_command(struct daemon *daemon, const char *command, struct json_object *arguments,
		   struct json_object **result);

/* Adds a node by "blockdev-add". */
int daemon_add_node(struct daemon *daemon, struct json_object *node);

/* Whether all its nodes are those that we have named; else a file has brought others along. */
int daemon_check_nodes(struct daemon *daemon);

/* Lets it write out everything and end; 0 or -1 after a message. */
int daemon_end(struct daemon *daemon);

/* Ends it at once. */
void daemon_kill(struct daemon *daemon);

#endif
