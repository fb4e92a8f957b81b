/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Long options from a table, of which each subcommand takes some. */
#ifndef BLKSNAP_OPTION_TABLE_H
#define BLKSNAP_OPTION_TABLE_H

#include <getopt.h>

/* A row without a name ends the table. Rows may share a bit; those without @value take none. */
struct option_spec {
	unsigned int bit;
	const char *name;
	const char *value;
	const char *help;
};

/* Print a line of help for each option in @takes, the text from @column on. */
void option_table_help(const struct option_spec *specs, unsigned int takes, int column);

/*
 * Parse the next option in @takes by getopt_long(), which starts over if optind is 0; -h is --help.
 * Returns the option, its value in optarg; or NULL, with *problem NULL after the last option, or
 * else what is wrong with the word before optind.
 */
const struct option_spec *option_table_next(const struct option_spec *specs, unsigned int takes,
					    int argc, char **argv, const char **problem);

#endif
