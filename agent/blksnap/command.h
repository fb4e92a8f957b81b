/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_COMMAND_H
#define BLKSNAP_COMMAND_H

#include "options.h"

/**
 * struct command - a subcommand
 * @name: as it is called
 * @usage: its options, for the help text
 * @summary: what it does, in one line
 * @help: more about it, in lines of at most 80 characters, or NULL
 * @takes: the options it takes, of &enum option_bit
 * @needs: those of them that must be given
 * @run: does it; returns the exit status, and has printed a message if that is 1
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
