/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A qemu-storage-daemon of our own, which copies. */
#ifndef BLKSNAP_BACKUP_DAEMON_H
#define BLKSNAP_BACKUP_DAEMON_H

#include <stdbool.h>

#include <json-c/json.h>

#include "child.h"

#define DAEMON_CONNECTIONS	2

/**
 * struct daemon - it, and the roads to it
 * @child: the process
 * @monitor: QMP, or NULL
 * @nbd: connections to its NBD server, each for one nbd_connect_socket(); -1 when it is used
 */
struct daemon {
	struct child child;
	FILE *monitor;
	int nbd[DAEMON_CONNECTIONS];
};

/* What it is to have open was given by child_pass() before. 0 or -1 after a message. */
int daemon_start(struct daemon *daemon);

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
