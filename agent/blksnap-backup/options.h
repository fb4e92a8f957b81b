/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line: one table says how each option is written and which commands know it. */
#ifndef BLKSNAP_BACKUP_OPTIONS_H
#define BLKSNAP_BACKUP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "string_list.h"

enum option_bit {
	OPTION_ALL	= 1 << 0,
	OPTION_EXCLUDE	= 1 << 1,	/* may be given several times */
	OPTION_SET	= 1 << 2,
	OPTION_FULL	= 1 << 3,
	OPTION_COMPRESS	= 1 << 4,
	OPTION_RATE	= 1 << 5,
	OPTION_CHECK	= 1 << 6,
	OPTION_KEEP	= 1 << 7,	/* --keep-last, --keep-daily ... */
	OPTION_DRY_RUN	= 1 << 8,
	OPTION_DELTA	= 1 << 9,
	OPTION_CONTENT	= 1 << 10,
	OPTION_JSON	= 1 << 11,
	OPTION_QUIET	= 1 << 12,
	OPTION_HELP	= 1 << 13,
	OPTION_SOCKET	= 1 << 14,	/* --socket and --owner */
	OPTION_LISTEN	= 1 << 15,	/* --listen, --tls and --psk */
	OPTION_SINCE	= 1 << 16,	/* --since and --generation */
};

/* Which rule of prune: how many of each are kept. */
enum keep {
	KEEP_LAST,
	KEEP_DAILY,
	KEEP_WEEKLY,
	KEEP_MONTHLY,
	KEEP_RULES,
};

/**
 * struct options - what the user asked for
 * @given: options that were given, of &enum option_bit
 * @target: the folder
 * @point: what stands behind its "@", or NULL
 * @words: what follows; of "umount" all
 * @word_count: number of @words
 * @excluded: devices that are not among all
 * @set: a name, or NULL
 * @compress: a method, or NULL
 * @rate: bytes a second, 0 for no limit
 * @keep: by &enum keep
 * @socket: where the export listens, or NULL
 * @owner: whose that is: USER, USER:GROUP or :GROUP, or NULL
 * @listen: HOST:PORT, or NULL
 * @tls: a folder with certificates, or NULL
 * @psk: a folder with a key that both sides know, or NULL
 * @since: the number of the snapshot that was copied before
 * @generation: in which that is a number, or NULL
 */
struct options {
	unsigned int given;
	char *target;
	char *point;
	char **words;
	size_t word_count;
	struct strings excluded;
	const char *set;
	const char *compress;
	uint64_t rate;
	uint64_t keep[KEEP_RULES];
	const char *socket;
	const char *owner;
	const char *listen;
	const char *tls;
	const char *psk;
	uint64_t since;
	const char *generation;
};

/**
 * struct command - a subcommand
 * @name: one word
 * @usage: its arguments
 * @summary: what it does
 * @takes: options, of &enum option_bit; those that all know need not be named
 * @least: words that must follow the target at least
 * @most: and at most
 * @no_target: the first word is no target
 * @run: does it; returns an exit status
 */
struct command {
	const char *name;
	const char *usage;
	const char *summary;
	unsigned int takes;
	size_t least;
	size_t most;
	bool no_target;
	int (*run)(const struct options *options);
};

extern const struct command command_create, command_list, command_show, command_verify,
	command_prune, command_restore, command_mount, command_umount, command_export;

/* argv[0] is the command. 0, or an exit status after a message. */
int options_parse(struct options *options, const struct command *command, int argc, char **argv);
void options_free(struct options *options);

void options_help(const struct command *command);

#endif
