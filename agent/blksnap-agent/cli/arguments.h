/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of a subcommand. One table defines all options. */
#ifndef BLKSNAP_ARGUMENTS_H
#define BLKSNAP_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

#include "cli/settings.h"

struct agent_command;

enum argument_bit {
	ARGUMENT_NAME		= 1 << 0,
	ARGUMENT_STORAGE	= 1 << 1,	/* repeatable */
	ARGUMENT_SETTINGS	= 1 << 2,	/* initial, limit, reserve, hooks ... */
	ARGUMENT_ALL		= 1 << 3,
	ARGUMENT_SINCE		= 1 << 4,
	ARGUMENT_GENERATION	= 1 << 5,
	ARGUMENT_FORMAT		= 1 << 6,
	ARGUMENT_DAEMON		= 1 << 7,
	ARGUMENT_CONFIG		= 1 << 8,
	ARGUMENT_JSON		= 1 << 9,
	ARGUMENT_HELP		= 1 << 10,
	ARGUMENT_MOUNTED	= 1 << 11,
	ARGUMENT_EXCLUDE	= 1 << 12,	/* repeatable */
	ARGUMENT_REPLACE	= 1 << 13,
	ARGUMENT_DRY_RUN	= 1 << 14,
	ARGUMENT_QUIET		= 1 << 15,
	ARGUMENT_BRIEF		= 1 << 16,
	ARGUMENT_TIMEOUT	= 1 << 17,
	ARGUMENT_ALLOCATED	= 1 << 18,
	ARGUMENT_OFFSET		= 1 << 19,
	ARGUMENT_MAX		= 1 << 20,
	ARGUMENT_TTL		= 1 << 21,
};

/**
 * struct arguments - a parsed command line
 * @given: options that were given, of &enum argument_bit
 * @words: arguments that are not options
 * @word_count: number of @words
 * @name: name of the new snapshot
 * @all: all devices or snapshots
 * @excluded: names of devices that @all leaves out
 * @replace: name of the snapshot that the new one replaces
 * @dry_run: only print what would be done
 * @brief: print one line for a monitoring system
 * @timeout: seconds to wait; 0: no limit
 * @mounted: also destroy snapshots that are in use
 * @since: number of an earlier snapshot
 * @generation: generation of @since
 * @format: of the changes
 * @allocated: print only what the file system uses
 * @offset: start of the extents in bytes
 * @max: maximum number of extents; 0: no limit
 * @daemon: run in the background
 * @json: print results as JSON
 * @settings: from the configuration file and the options, if the command takes them
 */
struct arguments {
	unsigned int given;
	char **words;
	size_t word_count;
	const char *name;
	bool all;
	struct strings excluded;
	const char *replace;
	bool dry_run;
	bool brief;
	uint64_t timeout;
	bool mounted;
	unsigned int since;
	struct blksnap_id generation;
	const char *format;
	bool allocated;
	uint64_t offset;
	uint64_t max;
	bool daemon;
	bool json;
	struct settings settings;
};

/*
 * Parse the command line; argv[0] is the last word of the command's name. Returns 0, or an exit
 * status after a message.
 */
int arguments_parse(struct arguments *arguments, const struct agent_command *command, int argc,
		    char **argv);
void arguments_free(struct arguments *arguments);

/*
 * Whether --json is among the words of a command line. Checked before the arguments are parsed, so
 * that errors in the arguments are printed as JSON, too.
 */
bool arguments_want_json(int argc, char **argv);

/* Print a line of help for each option in @takes. */
void arguments_help(unsigned int takes);

#endif
