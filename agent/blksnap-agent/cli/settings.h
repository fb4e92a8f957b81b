/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What agent.conf(5) says and the command line may say otherwise. */
#ifndef BLKSNAP_SETTINGS_H
#define BLKSNAP_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "string_list.h"

#define SETTINGS_FILE	"/etc/blksnap/agent.conf"
#define SETTINGS_HOOKS	"/etc/blksnap/hooks.d"

/**
 * struct settings - how snapshots are made
 * @storage: folders and devices for storage; none: the agent picks one
 * @initial: bytes of storage before the take; 0: what the module asks for
 * @limit: bytes of storage at most; 0: no limit
 * @reserve: bytes that stay free on a file system with storage
 * @reserve_set: @reserve was given; else it is a part of the file system
 * @hooks: folder with hooks
 * @hooks_set: @hooks was given, so it has to exist
 * @hook_timeout: seconds that one hook may take
 * @ttl: seconds after which a snapshot is destroyed; 0: never
 */
struct settings {
	struct strings storage;
	uint64_t initial;
	uint64_t limit;
	uint64_t reserve;
	bool reserve_set;
	char *hooks;
	bool hooks_set;
	uint64_t hook_timeout;
	uint64_t ttl;
};

/* The built-in values; 0 or -ENOMEM. */
int settings_init(struct settings *settings);

/*
 * One value, by its name in the file. Returns 0, -EINVAL or -ERANGE for a bad value,
 * -ENOENT for a name that is not known, or -ENOMEM.
 */
int settings_set(struct settings *settings, const char *name, const char *value);

/*
 * All of a file. On -EINVAL *line is the first bad line (0 if none is at fault) and
 * *problem what is wrong with it.
 */
int settings_parse(struct settings *settings, FILE *file, int *line, const char **problem);

/* The file at @path, or at the usual place, which need not exist. 0, or 1 after a message. */
int settings_load(struct settings *settings, const char *path);

void settings_free(struct settings *settings);

#endif
