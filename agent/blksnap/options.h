/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options of the subcommands: one table says how each is written and what it means. */
#ifndef BLKSNAP_OPTIONS_H
#define BLKSNAP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

#include "ranges.h"

struct command;

/* A subcommand takes FILE or FIELD, and DEVICE or DEVICES, never both. */
enum option_bit {
	OPTION_DEVICE	= 1 << 0,
	OPTION_DEVICES	= 1 << 1,	/* may be given several times */
	OPTION_ID	= 1 << 2,
	OPTION_FILE	= 1 << 3,
	OPTION_FIELD	= 1 << 4,
	OPTION_RANGES	= 1 << 5,	/* may be given several times */
	OPTION_TIMEOUT	= 1 << 6,
	OPTION_PATH	= 1 << 7,
	OPTION_LIMIT	= 1 << 8,
	OPTION_JSON	= 1 << 9,
	OPTION_HELP	= 1 << 10,
};

/**
 * struct options - what the user asked for
 * @given: the options that are set, of &enum option_bit; the others are zero
 * @device: as written, so it may be a tag such as UUID=
 * @devices: the same for several
 * @device_count: number of @devices
 * @id: the snapshot
 * @id_text: the snapshot as written, for messages
 * @file: path of a file
 * @field: name of the only value wanted
 * @ranges: in sectors
 * @timeout_ms: in milliseconds
 * @path: a folder
 * @limit_mb: in MiB
 * @json: results as JSON
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
 * argv[0] is the name of the subcommand. Returns 0, or 1 after a message. Either way
 * options_free() follows.
 */
int options_parse(struct options *options, const struct command *command, int argc, char **argv);
void options_free(struct options *options);

/* Prints the lines of a help text for the options in @takes. */
void options_help(unsigned int takes);

#endif
