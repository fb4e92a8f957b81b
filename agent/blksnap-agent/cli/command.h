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
 * @takes: options, of &enum argument_bit; with ARGUMENT_JSON it has a result to print, and
 *	without it that option is known as well
 * @least: words that must follow at least
 * @most: and at most
 * @run: does it; returns an exit status
 */
struct agent_command {
	const char *name;
	const char *usage;
	const char *summary;
	unsigned int takes;
	size_t least;
	size_t most;
	int (*run)(const struct arguments *arguments);
};

#endif
