/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings from agent.conf(5), which options override. */
#ifndef BLKSNAP_SETTINGS_H
#define BLKSNAP_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "string_list.h"

#define SETTINGS_FILE	"/etc/blksnap/agent.conf"
#define SETTINGS_HOOKS	"/etc/blksnap/hooks.d"

/**
 * struct settings - how snapshots are created
 * @storage: folders, devices and "memory:SIZE" for storage; if empty, the agent selects a folder
 * @initial: bytes of storage before the snapshot is taken; 0: what the module asks for
 * @limit: maximum bytes of storage; 0: no limit
 * @reserve: bytes that stay free on a file system with storage
 * @reserve_set: @reserve was configured; otherwise a part of the file system stays free
 * @hooks: folder with hooks
 * @hooks_set: @hooks was configured, so the folder must exist
 * @hook_timeout: time limit of each hook in seconds
 * @ttl: seconds until a snapshot is destroyed; 0: never
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

/*
 * Parse a place of @storage that is "memory:SIZE". *bytes is the size in whole MiB. Returns 0,
 * -ENOENT if the place is a path, or -EINVAL or -ERANGE for a bad size.
 */
#define SETTINGS_MEMORY	"memory:"
int settings_memory(const char *place, uint64_t *bytes);

/* Set the defaults. Returns 0 or -ENOMEM. */
int settings_init(struct settings *settings);

/*
 * Set one value by its name in the file. Returns 0, -EINVAL or -ERANGE for a bad value, -ENOENT for
 * an unknown name, or -ENOMEM.
 */
int settings_set(struct settings *settings, const char *name, const char *value);

/*
 * Parse a file. Returns 0, or -EINVAL; then *line is the first bad line, or 0, and *problem
 * explains it.
 */
int settings_parse(struct settings *settings, FILE *file, int *line, const char **problem);

/*
 * Load the file @path, or SETTINGS_FILE if it exists and @path is NULL. Returns 0, or 1 after a
 * message.
 */
int settings_load(struct settings *settings, const char *path);

void settings_free(struct settings *settings);

#endif
