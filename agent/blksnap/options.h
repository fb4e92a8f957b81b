/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the subcommands. One table defines all of them. */
#ifndef BLKSNAP_OPTIONS_H
#define BLKSNAP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

#include "ranges.h"

struct command;

/* No subcommand takes both FILE and FIELD, or both DEVICE and DEVICES. */
enum option_bit {
	OPTION_DEVICE	= 1 << 0,
	OPTION_DEVICES	= 1 << 1,	/* repeatable */
	OPTION_ID	= 1 << 2,
	OPTION_FILE	= 1 << 3,
	OPTION_FIELD	= 1 << 4,
	OPTION_RANGES	= 1 << 5,	/* repeatable */
	OPTION_TIMEOUT	= 1 << 6,
	OPTION_PATH	= 1 << 7,
	OPTION_LIMIT	= 1 << 8,
	OPTION_JSON	= 1 << 9,
	OPTION_HELP	= 1 << 10,
};

/**
 * struct options - a parsed command line
 * @given: options that were given, of &enum option_bit; the members of others are zero
 * @device: as the user wrote it: a path, or a tag such as UUID=
 * @devices: the same, several
 * @device_count: number of @devices
 * @id: of the snapshot
 * @id_text: the id as the user wrote it, for messages
 * @file: path of a file
 * @field: name of the only value to print
 * @ranges: in sectors
 * @timeout_ms: in milliseconds
 * @path: a folder
 * @limit_mb: in MiB
 * @json: print results as JSON
 */
struct options {
	unsigned int given;
	const char *device;
	const char **devices;
	size_t device_count;
	struct blksnap_id id;
	const char *id_text;
	const char *file;
	const char *field;
	struct ranges ranges;
	uint32_t timeout_ms;
	const char *path;
	uint64_t limit_mb;
	bool json;
};

/*
 * Parse the command line; argv[0] is the name of the subcommand. Returns 0, or 1 after a message;
 * options_free() follows in both cases.
 */
int options_parse(struct options *options, const struct command *command, int argc, char **argv);
void options_free(struct options *options);

/* Print a line of help for each option in @takes. */
void options_help(unsigned int takes);

#endif
