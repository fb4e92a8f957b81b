// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "option_table.h"
#include "options.h"
#include "quantity.h"
#include "say.h"

static const struct option_spec specs[] = {
	{ OPTION_ALL, "all", NULL, "the devices of all mounted local file systems" },
	{ OPTION_EXCLUDE, "exclude", "DEVICE", "not this one of them; can be repeated" },
	{ OPTION_SET, "set", "NAME", "which backup; by default that of this host's name" },
	{ OPTION_FULL, "full", NULL, "all of the devices, not only what changed" },
	{ OPTION_COMPRESS, "compress", "METHOD", "zstd or zlib" },
	{ OPTION_RATE, "rate", "SIZE", "a second at most" },
	{ OPTION_CHECK, "check", NULL, "read again what was written and compare" },
	{ OPTION_CONTENT, "content", NULL, "read what the devices had in them, too" },
	{ OPTION_KEEP, "keep-last", "N", "the last points" },
	{ OPTION_KEEP, "keep-daily", "N", "the last of a day, for N days" },
	{ OPTION_KEEP, "keep-weekly", "N", "the last of a week, for N weeks" },
	{ OPTION_KEEP, "keep-monthly", "N", "the last of a month, for N months" },
	{ OPTION_DELTA, "delta", NULL, "write only what differs" },
	{ OPTION_SOCKET, "socket", "PATH", "the unix socket to listen on" },
	{ OPTION_SOCKET, "owner", "USER:GROUP", "who may connect to it, besides root" },
	{ OPTION_LISTEN, "listen", "HOST:PORT", "listen on TCP; needs --tls or --psk" },
	{ OPTION_LISTEN, "tls", "DIR", "with the server's certificate; clients need one, too" },
	{ OPTION_LISTEN, "psk", "DIR", "with keys.psk, which clients have, too" },
	{ OPTION_SINCE, "since", "NUMBER", "of the snapshot that was copied before" },
	{ OPTION_SINCE, "generation", "UUID", "in which that was its number" },
	{ OPTION_DRY_RUN, "dry-run", NULL, "only say what would be done" },
	{ OPTION_QUIET, "quiet", NULL, "print errors only" },
	{ OPTION_JSON, "json", NULL, "print JSON" },
	{ OPTION_HELP, "help", NULL, "print this text" },
	{ },
};

#define FOR_ALL		(OPTION_QUIET | OPTION_JSON | OPTION_HELP)
#define HELP_COLUMN	24
#define MOST_KEPT	100000

void options_help(const struct command *command)
{
	printf("Usage: blksnap-backup %s %s\n%s.\n\n", command->name, command->usage,
	       command->summary);
	option_table_help(specs, command->takes | FOR_ALL, HELP_COLUMN);
}

static int set_compress(struct options *options, const char *text)
{
	options->compress = text;
	return strcmp(text, "zstd") && strcmp(text, "zlib") ? -EINVAL : 0;
}

static int set_keep(struct options *options, const char *name, const char *text)
{
	static const char *const names[KEEP_RULES] = {
		"keep-last", "keep-daily", "keep-weekly", "keep-monthly"
	};

	for (size_t i = 0; i < KEEP_RULES; i++)
		if (!strcmp(names[i], name))
			return number_parse(text, MOST_KEPT, &options->keep[i]);
	return -EINVAL;
}

static int set_export(struct options *options, const char *name, const char *text)
{
	if (!*text)
		return -EINVAL;
	if (!strcmp(name, "since"))
		return number_parse(text, UINT8_MAX, &options->since);
	if (!strcmp(name, "generation"))
		options->generation = text;
	else if (!strcmp(name, "socket"))
		options->socket = text;
	else if (!strcmp(name, "owner"))
		options->owner = text;
	else if (!strcmp(name, "listen"))
		options->listen = text;
	else if (!strcmp(name, "tls"))
		options->tls = text;
	else
		options->psk = text;
	return 0;
}

/* 0 or a negative errno */
static int set_value(struct options *options, const struct option_spec *spec, const char *text)
{
	switch ((enum option_bit)spec->bit) {
	case OPTION_EXCLUDE:
		return *text ? strings_add(&options->excluded, text) : -EINVAL;
	case OPTION_SET:
		options->set = text;
		return 0;
	case OPTION_COMPRESS:
		return set_compress(options, text);
	case OPTION_RATE:
		return size_parse(text, &options->rate);
	case OPTION_KEEP:
		return set_keep(options, spec->name, text);
	case OPTION_SOCKET:
	case OPTION_LISTEN:
	case OPTION_SINCE:
		return set_export(options, spec->name, text);
	case OPTION_JSON:
		say_in_json();
		return 0;
	case OPTION_QUIET:
		say_quietly();
		return 0;
	default:
		return 0;
	}
}

static int parse(struct options *options, const struct command *command, int argc, char **argv)
{
	const struct option_spec *spec;
	unsigned int takes = command->takes | FOR_ALL;
	const char *problem;

	optind = 0;
	while ((spec = option_table_next(specs, takes, argc, argv, &problem))) {
		if (set_value(options, spec, optarg)) {
			say("option --%s cannot be '%s'", spec->name, optarg);
			return STATUS_USAGE;
		}
		options->given |= spec->bit;
	}
	if (problem) {
		say("option %s %s", argv[optind - 1], problem);
		return STATUS_USAGE;
	}
	options->words = argv + optind;
	options->word_count = argc - optind;
	return 0;
}

/* TARGET@POINT; a folder that is there with an "@" in its name is one. */
static int split_target(struct options *options)
{
	char *at;

	options->target = strdup(options->words[0]);
	at = options->target ? strrchr(options->target, '@') : NULL;
	if (at && !strchr(at, '/')) {
		*at = '\0';
		options->point = at + 1;
	}
	options->words++;
	options->word_count--;
	return options->target ? 0 : STATUS_FAILED;
}

static int check(const struct options *options, const struct command *command)
{
	bool all = options->given & OPTION_ALL;

	if (options->excluded.count && !all)
		say("--exclude is of no use without --all");
	else if (options->word_count < (all ? 0 : command->least))
		say("an argument is missing");
	else if (options->word_count > (all ? 0 : command->most))
		say("'%s' is one argument too many",
		    options->words[all ? 0 : command->most]);
	else
		return 0;
	return STATUS_USAGE;
}

int options_parse(struct options *options, const struct command *command, int argc, char **argv)
{
	int status;

	memset(options, 0, sizeof(*options));
	status = parse(options, command, argc, argv);
	if (status || options->given & OPTION_HELP)
		return status;
	if (!options->word_count) {
		say("an argument is missing");
		status = STATUS_USAGE;
	} else if (!command->no_target) {
		status = split_target(options);
	}
	if (!status)
		status = check(options, command);
	if (status == STATUS_USAGE && !say_is_json())
		fprintf(stderr, "Usage: blksnap-backup %s %s\n", command->name, command->usage);
	return status;
}

void options_free(struct options *options)
{
	free(options->target);
	strings_free(&options->excluded);
}
