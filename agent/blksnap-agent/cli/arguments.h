/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of a subcommand: one table says how each option is written. */
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
	ARGUMENT_STORAGE	= 1 << 1,	/* may be given several times */
	ARGUMENT_SETTINGS	= 1 << 2,	/* initial, limit, reserve, hooks, ttl ... */
	ARGUMENT_ALL		= 1 << 3,
	ARGUMENT_SINCE		= 1 << 4,
	ARGUMENT_GENERATION	= 1 << 5,
	ARGUMENT_FORMAT		= 1 << 6,
	ARGUMENT_DAEMON		= 1 << 7,
	ARGUMENT_CONFIG		= 1 << 8,
	ARGUMENT_JSON		= 1 << 9,
	ARGUMENT_HELP		= 1 << 10,
	ARGUMENT_MOUNTED	= 1 << 11,
	ARGUMENT_EXCLUDE	= 1 << 12,	/* may be given several times */
	ARGUMENT_REPLACE	= 1 << 13,
	ARGUMENT_DRY_RUN	= 1 << 14,
	ARGUMENT_QUIET		= 1 << 15,
	ARGUMENT_BRIEF		= 1 << 16,
	ARGUMENT_TIMEOUT	= 1 << 17,
};

/**
 * struct arguments - what the user asked for
 * @given: options that were given, of &enum argument_bit
 * @words: what is no option
 * @word_count: number of @words
 * @name: a snapshot's name to be
 * @all: everything there is
 * @excluded: names of devices that are not among all
 * @replace: the name of a snapshot whose place is taken
 * @dry_run: only say what would be done
 * @brief: one line, as monitoring systems want it
 * @timeout: seconds to wait; 0: without end
 * @mounted: those that are mounted, too
 * @since: a number of a snapshot
 * @generation: in which @since is a number
 * @format: of the changes
 * @daemon: go to the background
 * @json: results as JSON
 * @settings: of the configuration file and of the options; only if the command takes them
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
	bool daemon;
	bool json;
	struct settings settings;
};

/* argv[0] is the command's last word. 0, or an exit status after a message. */
int arguments_parse(struct arguments *arguments, const struct agent_command *command, int argc,
		    char **argv);
void arguments_free(struct arguments *arguments);

/* Prints the lines of a help text for the options in @takes. */
void arguments_help(unsigned int takes);

#endif
