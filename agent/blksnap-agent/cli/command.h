/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the dispatcher and the option parser know of a subcommand. */
#ifndef BLKSNAP_AGENT_COMMAND_H
#define BLKSNAP_AGENT_COMMAND_H

#include "cli/arguments.h"

/**
 * struct agent_command - a subcommand
 * @name: its one or two words
 * @usage: its arguments
 * @summary: what it does, in one line
 * @takes: its options, of &enum argument_bit. ARGUMENT_JSON: it prints a result of its own as JSON;
 *	the option is accepted in any case
 * @least: minimum number of words after the name
 * @most: maximum number of words
 * @run: runs it, and returns an exit status
 * @hand_over: instead of @run, @takes, @least and @most: passes the whole command line, of which argv[1]
 *	is the command, to another program; returns an exit status if that cannot be run
 */
struct agent_command {
	const char *name;
	const char *usage;
	const char *summary;
	unsigned int takes;
	size_t least;
	size_t most;
	int (*run)(const struct arguments *arguments);
	int (*hand_over)(char **argv);
};

#endif
