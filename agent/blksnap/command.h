/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_COMMAND_H
#define BLKSNAP_COMMAND_H

#include "options.h"

/**
 * struct command - a subcommand
 * @name: its name
 * @usage: its options, for the help text
 * @summary: what it does, in one line
 * @help: further explanation in lines of at most 80 characters, or NULL
 * @takes: accepted options, of &enum option_bit
 * @needs: required options
 * @run: runs it; returns the exit status, which is 1 after a message
 */
struct command {
	const char *name;
	const char *usage;
	const char *summary;
	const char *help;
	unsigned int takes;
	unsigned int needs;
	int (*run)(const struct options *options);
};

extern const struct command command_version;
extern const struct command command_attach;
extern const struct command command_detach;
extern const struct command command_cbtinfo;
extern const struct command command_readcbtmap;
extern const struct command command_markdirtyblock;
extern const struct command command_snapshot_info;
extern const struct command command_snapshot_add;
extern const struct command command_snapshot_create;
extern const struct command command_snapshot_destroy;
extern const struct command command_snapshot_appendstorage;
extern const struct command command_snapshot_take;
extern const struct command command_snapshot_waitevent;
extern const struct command command_snapshot_collect;
extern const struct command command_stretch_snapshot;

#endif
