// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/exit_status.h"
#include "cli/message.h"
#include "number.h"
#include "option_table.h"
#include "quantity.h"

static const struct option_spec specs[] = {
	{ ARGUMENT_NAME, "name", "NAME", "a name besides the id" },
	{ ARGUMENT_STORAGE, "storage", "DIR|DEVICE|memory:SIZE", "where old data goes; can be repeated" },
	{ ARGUMENT_SETTINGS, "initial", "SIZE", "storage before the take" },
	{ ARGUMENT_SETTINGS, "limit", "SIZE", "storage at most" },
	{ ARGUMENT_SETTINGS, "reserve", "SIZE", "stays free where the storage is" },
	{ ARGUMENT_SETTINGS, "hooks", "DIR", "programs to run before and after" },
	{ ARGUMENT_SETTINGS, "hook-timeout", "TIME", "for each of these programs" },
	{ ARGUMENT_TTL, "ttl", "TIME", "when the snapshot is destroyed" },
	{ ARGUMENT_ALL, "all", NULL, "all there are" },
	{ ARGUMENT_EXCLUDE, "exclude", "DEVICE", "not this one of them; can be repeated" },
	{ ARGUMENT_REPLACE, "replace", "NAME", "destroy the snapshot NAME first, if there is one" },
	{ ARGUMENT_MOUNTED, "mounted", NULL, "those that are in use, too" },
	{ ARGUMENT_TIMEOUT, "timeout", "TIME", "how long to wait at most" },
	{ ARGUMENT_SINCE, "since", "NUMBER", "of the snapshot that was copied before" },
	{ ARGUMENT_GENERATION, "generation", "UUID", "in which that was its number" },
	{ ARGUMENT_FORMAT, "format", "FORMAT", "extents, json, bmap, borg or map" },
	{ ARGUMENT_ALLOCATED, "allocated", NULL, "only what the file system uses" },
	{ ARGUMENT_OFFSET, "offset", "SIZE", "only what lies behind that" },
	{ ARGUMENT_MAX, "max", "NUMBER", "that many extents at most" },
	{ ARGUMENT_DAEMON, "daemon", NULL, "go to the background, and come back if killed" },
	{ ARGUMENT_CONFIG, "config", "FILE", "instead of " SETTINGS_FILE },
	{ ARGUMENT_DRY_RUN, "dry-run", NULL, "only say what would be done" },
	{ ARGUMENT_BRIEF, "brief", NULL, "one line and a status for a monitoring system" },
	{ ARGUMENT_QUIET, "quiet", NULL, "print errors only" },
	{ ARGUMENT_JSON, "json", NULL, "print JSON" },
	{ ARGUMENT_HELP, "help", NULL, "print this text" },
	{ },
};

/* Options of all commands. */
#define FOR_ALL		(ARGUMENT_JSON | ARGUMENT_HELP | ARGUMENT_QUIET)
#define HELP_COLUMN	26

bool arguments_want_json(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--"))
			return false;
		if (!strcmp(argv[i], "--json"))
			return true;
	}
	return false;
}

void arguments_help(unsigned int takes)
{
	option_table_help(specs, takes | FOR_ALL, HELP_COLUMN);
}

static int set_since(struct arguments *arguments, const char *text)
{
	uint64_t value;
	int ret = number_parse(text, UINT8_MAX, &value);

	if (!ret)
		arguments->since = value;
	return ret;
}

/* A name is used in paths and lists, and must be distinct from ids and options. */
static int check_name(const char *text)
{
	size_t length = strlen(text);

	if (!length || length > 64 || *text == '-' || *text == '.')
		return -EINVAL;
	for (size_t i = 0; i < length; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-",
			    text[i]))
			return -EINVAL;
	if (strspn(text, "0123456789abcdefABCDEF-") == length)
		return -EINVAL;
	return 0;
}

static int set_name(const char **name, const char *text)
{
	*name = text;
	return check_name(text);
}

/* The first --storage replaces the places of the configuration file. */
static int add_storage(struct arguments *arguments, const char *text)
{
	char *path;
	int ret;

	if (!(arguments->given & ARGUMENT_STORAGE))
		strings_free(&arguments->settings.storage);
	if (!strncmp(text, SETTINGS_MEMORY, strlen(SETTINGS_MEMORY)))
		return settings_set(&arguments->settings, "storage", text);
	path = *text ? realpath(text, NULL) : NULL;
	if (!path)
		return *text ? -errno : -EINVAL;
	ret = settings_set(&arguments->settings, "storage", path);
	free(path);
	return ret;
}

static int set_hooks(struct arguments *arguments, const char *text)
{
	char *path = *text ? realpath(text, NULL) : NULL;
	int ret;

	if (!path)
		return *text ? -errno : -EINVAL;
	ret = settings_set(&arguments->settings, "hooks", path);
	free(path);
	return ret;
}

static int set_setting(struct arguments *arguments, const char *name, const char *text)
{
	if (!strcmp(name, "hooks"))
		return set_hooks(arguments, text);
	return settings_set(&arguments->settings, name, text);
}

/* Returns 0 or a negative errno. */
static int set_value(struct arguments *arguments, const struct option_spec *spec, const char *text)
{
	switch ((enum argument_bit)spec->bit) {
	case ARGUMENT_NAME:
		return set_name(&arguments->name, text);
	case ARGUMENT_REPLACE:
		return set_name(&arguments->replace, text);
	case ARGUMENT_EXCLUDE:
		return *text ? strings_add(&arguments->excluded, text) : -EINVAL;
	case ARGUMENT_TIMEOUT:
		return time_parse(text, &arguments->timeout);
	case ARGUMENT_STORAGE:
		return add_storage(arguments, text);
	case ARGUMENT_SETTINGS:
	case ARGUMENT_TTL:
		return set_setting(arguments, spec->name, text);
	case ARGUMENT_SINCE:
		return set_since(arguments, text);
	case ARGUMENT_GENERATION:
		return blksnap_id_parse(text, &arguments->generation);
	case ARGUMENT_FORMAT:
		arguments->format = text;
		return 0;
	case ARGUMENT_ALLOCATED:
		arguments->allocated = true;
		return 0;
	case ARGUMENT_OFFSET:
		return size_parse(text, &arguments->offset);
	case ARGUMENT_MAX:
		return number_parse(text, INT64_MAX, &arguments->max);
	case ARGUMENT_ALL:
		arguments->all = true;
		return 0;
	case ARGUMENT_MOUNTED:
		arguments->mounted = true;
		return 0;
	case ARGUMENT_DAEMON:
		arguments->daemon = true;
		return 0;
	case ARGUMENT_DRY_RUN:
		arguments->dry_run = true;
		return 0;
	case ARGUMENT_BRIEF:
		arguments->brief = true;
		return 0;
	case ARGUMENT_QUIET:
		message_quieten();
		return 0;
	case ARGUMENT_JSON:
		arguments->json = true;
		return 0;
	case ARGUMENT_CONFIG:
	case ARGUMENT_HELP:
		return 0;
	}
	return -EINVAL;
}

static int set_option(struct arguments *arguments, const struct option_spec *spec, const char *text)
{
	int ret = set_value(arguments, spec, text);

	arguments->given |= spec->bit;
	if (!ret)
		return 0;
	if (ret == -EINVAL && spec->bit == ARGUMENT_STORAGE)
		message_error("option --storage cannot be '%s': give a folder, a device, or memory and a size, as memory:1G",
			      text);
	else if (ret == -EINVAL && spec->value && !strcmp(spec->value, "SIZE"))
		message_error("option --%s cannot be '%s': a size is a number with K, M, G, T or P, as 10G or 10GiB",
			      spec->name, text);
	else if (ret == -EINVAL && spec->value && !strcmp(spec->value, "TIME"))
		message_error("option --%s cannot be '%s': a time is a number with s, m, h, d or w, as 12h",
			      spec->name, text);
	else
		message_errno(ret, "option --%s cannot be '%s'", spec->name, text);
	return STATUS_USAGE;
}

/*
 * The configuration file is read before the options, which override it; so --config is looked for
 * first. This is done on a copy of the words: getopt_long() moves words that are not options to the
 * end, and would read "DEVICE --storage" as "--storage DEVICE" the second time.
 */
static int find_config(unsigned int takes, int argc, char **argv, const char **config)
{
	char **copy = calloc(argc + 1, sizeof(*copy));
	const struct option_spec *spec;
	const char *problem;

	*config = NULL;
	if (!copy)
		return -ENOMEM;
	memcpy(copy, argv, argc * sizeof(*copy));
	optind = 0;
	while ((spec = option_table_next(specs, takes, argc, copy, &problem)) || problem)
		if (spec && spec->bit == ARGUMENT_CONFIG)
			*config = optarg;
	free(copy);
	return 0;
}

static int parse_options(struct arguments *arguments, unsigned int takes, int argc, char **argv)
{
	const struct option_spec *spec;
	const char *problem;
	int ret = 0;

	optind = 0;
	while (!ret && (spec = option_table_next(specs, takes, argc, argv, &problem)))
		ret = set_option(arguments, spec, optarg);
	if (problem) {
		message_error("option %s %s", argv[optind - 1], problem);
		return STATUS_USAGE;
	}
	arguments->words = argv + optind;
	arguments->word_count = argc - optind;
	return ret;
}

static int check_words(const struct arguments *arguments, const struct agent_command *command)
{
	size_t least = arguments->all ? 0 : command->least;
	size_t most = arguments->all ? 0 : command->most;

	if (arguments->excluded.count && !arguments->all) {
		message_error("--exclude is of no use without --all");
		return STATUS_USAGE;
	}
	if (arguments->word_count < least) {
		message_error("an argument is missing");
		return STATUS_USAGE;
	}
	if (arguments->word_count > most) {
		message_error("'%s' is one argument too many", arguments->words[most]);
		return STATUS_USAGE;
	}
	for (size_t i = 0; i < arguments->word_count; i++) {
		if (!*arguments->words[i]) {
			message_error("an argument is empty");
			return STATUS_USAGE;
		}
	}
	return 0;
}

int arguments_parse(struct arguments *arguments, const struct agent_command *command, int argc,
		    char **argv)
{
	unsigned int takes = command->takes | FOR_ALL;
	const char *config;
	int ret;

	memset(arguments, 0, sizeof(*arguments));
	if (settings_init(&arguments->settings) || find_config(takes, argc, argv, &config)) {
		message_error("there is not enough memory");
		return STATUS_FAILED;
	}
	if (takes & ARGUMENT_CONFIG && settings_load(&arguments->settings, config))
		return STATUS_FAILED;
	ret = parse_options(arguments, takes, argc, argv);
	if (!ret && !(arguments->given & ARGUMENT_HELP))
		ret = check_words(arguments, command);
	if (ret == STATUS_USAGE && !message_is_json())
		fprintf(stderr, "Usage: blksnap-agent %s %s\n", command->name, command->usage);
	return ret;
}

void arguments_free(struct arguments *arguments)
{
	settings_free(&arguments->settings);
	strings_free(&arguments->excluded);
}
