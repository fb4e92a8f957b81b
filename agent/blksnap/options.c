// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "number.h"
#include "range_text.h"
#include "report.h"

static const struct spec {
	enum option_bit option;
	char letter;
	const char *name;
	const char *argument;
	const char *help;
} specs[] = {
	{ OPTION_DEVICE, 'd', "device", "DEV",
	  "a block device: path, UUID=, LABEL=, PARTUUID= or PARTLABEL=" },
	{ OPTION_DEVICES, 'd', "device", "DEV",
	  "a block device: path, UUID=, LABEL=, PARTUUID= or PARTLABEL=;\n"
	  "may be given several times" },
	{ OPTION_ID, 'i', "id", "ID", "the snapshot, as snapshot_create printed it" },
	{ OPTION_FILE, 'f', "file", "FILE", "path of a file" },
	{ OPTION_FIELD, 'f', "field", "FIELD", "print only this value" },
	/* Some scripts use --range, which getopt_long() accepts as an abbreviation. */
	{ OPTION_RANGES, 'r', "ranges", "SECTOR:COUNT",
	  "first sector and number of sectors of 512 bytes;\n"
	  "may be given several times" },
	{ OPTION_TIMEOUT, 't', "timeout", "MS", "how long to wait, in milliseconds" },
	{ OPTION_PATH, 'p', "path", "DIR", "the folder for the files" },
	{ OPTION_LIMIT, 'l', "limit", "LIMIT_MB", "size of all files together, in MiB" },
	{ OPTION_JSON, 'j', "json", NULL, "print JSON" },
	{ OPTION_HELP, 'h', "help", NULL, "print this text" },
};

#define SPEC_COUNT	(sizeof(specs) / sizeof(specs[0]))

/* The width of the longest option in the help text. */
#define HELP_COLUMN	28

static void print_help_line(const struct spec *spec)
{
	const char *text = spec->help, *end;
	int used;

	used = printf("  -%c, --%s%s%s", spec->letter, spec->name, spec->argument ? " " : "",
		      spec->argument ? spec->argument : "");
	while ((end = strchr(text, '\n'))) {
		printf("%*s%.*s\n", HELP_COLUMN - used, "", (int)(end - text), text);
		text = end + 1;
		used = 0;
	}
	printf("%*s%s\n", HELP_COLUMN - used, "", text);
}

void options_help(unsigned int takes)
{
	for (size_t i = 0; i < SPEC_COUNT; i++)
		if ((takes | OPTION_HELP) & specs[i].option)
			print_help_line(&specs[i]);
}

static const struct spec *find_spec(unsigned int takes, int letter)
{
	for (size_t i = 0; i < SPEC_COUNT; i++)
		if ((takes & specs[i].option) && specs[i].letter == letter)
			return &specs[i];
	return NULL;
}

/* Convert the table to the two forms for getopt_long(). */
static void fill_getopt(unsigned int takes, char *letters, struct option *longs)
{
	*letters++ = ':';
	for (size_t i = 0; i < SPEC_COUNT; i++) {
		if (!(takes & specs[i].option))
			continue;
		*letters++ = specs[i].letter;
		if (specs[i].argument)
			*letters++ = ':';
		longs->name = specs[i].name;
		longs->has_arg = specs[i].argument ? required_argument : no_argument;
		longs->val = specs[i].letter;
		longs++;
	}
}

static int bad_value(const struct spec *spec, const char *text, int error)
{
	report_error(error, "option --%s cannot be '%s'", spec->name, text);
	return 1;
}

static int add_device(struct options *options, const char *text)
{
	const char **devices;

	devices = reallocarray(options->devices, options->device_count + 1, sizeof(*devices));
	if (!devices)
		return -ENOMEM;
	devices[options->device_count++] = text;
	options->devices = devices;
	return 0;
}

static int set_id(struct options *options, const char *text)
{
	options->id_text = text;
	return blksnap_id_parse(text, &options->id);
}

static int set_timeout(struct options *options, const char *text)
{
	uint64_t value;
	int ret = number_parse(text, UINT32_MAX, &value);

	if (!ret)
		options->timeout_ms = value;
	return ret;
}

static int set_text(const char **where, const char *text)
{
	*where = text;
	return *text ? 0 : -EINVAL;
}

/* Returns 0 or a negative errno. */
static int set_value(struct options *options, enum option_bit option, const char *text)
{
	switch (option) {
	case OPTION_DEVICE:
		return set_text(&options->device, text);
	case OPTION_DEVICES:
		return *text ? add_device(options, text) : -EINVAL;
	case OPTION_ID:
		return set_id(options, text);
	case OPTION_FILE:
		return set_text(&options->file, text);
	case OPTION_FIELD:
		return set_text(&options->field, text);
	case OPTION_RANGES:
		return ranges_parse(&options->ranges, text);
	case OPTION_TIMEOUT:
		return set_timeout(options, text);
	case OPTION_PATH:
		return set_text(&options->path, text);
	case OPTION_LIMIT:
		return number_parse(text, UINT64_MAX >> 20, &options->limit_mb);
	case OPTION_JSON:
		options->json = true;
		return 0;
	case OPTION_HELP:
		return 0;
	}
	return -EINVAL;
}

static int set_option(struct options *options, const struct spec *spec, const char *text)
{
	const unsigned int many = OPTION_DEVICES | OPTION_RANGES | OPTION_JSON | OPTION_HELP;
	int ret;

	if (options->given & spec->option & ~many) {
		report_problem("option --%s is given twice", spec->name);
		return 1;
	}
	options->given |= spec->option;
	ret = set_value(options, spec->option, text);
	return ret ? bad_value(spec, text, ret) : 0;
}

/* Words that follow a repeatable option are further values of it: "-r 0:8 16:8". */
static int set_more(struct options *options, const struct spec *last, const char *text)
{
	if (last && (last->option & (OPTION_DEVICES | OPTION_RANGES)))
		return set_option(options, last, text);
	report_problem("'%s' does not belong to any option", text);
	return 1;
}

static int bad_option(int letter, const char *word)
{
	if (letter == ':')
		report_problem("option -%c needs a value", optopt);
	else if (optopt)
		report_problem("option -%c is not known, or takes no value", optopt);
	else
		report_problem("option %s is not known", word);
	return 1;
}

static int parse_all(struct options *options, unsigned int takes, int argc, char **argv)
{
	struct option longs[SPEC_COUNT + 1] = {};
	char letters[2 * SPEC_COUNT + 3] = "-";
	const struct spec *last = NULL;
	int letter, ret = 0;

	fill_getopt(takes, letters + 1, longs);
	while (!ret && (letter = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (letter == '?' || letter == ':')
			return bad_option(letter, argv[optind - 1]);
		if (letter == 1) {
			ret = set_more(options, last, optarg);
			continue;
		}
		last = find_spec(takes, letter);
		ret = set_option(options, last, optarg);
	}
	while (!ret && optind < argc)
		ret = set_more(options, last, argv[optind++]);
	return ret;
}

static int check_needs(const struct options *options, unsigned int needs)
{
	unsigned int missing = needs & ~options->given;

	for (size_t i = 0; i < SPEC_COUNT; i++) {
		if (missing & specs[i].option) {
			report_problem("option --%s is missing", specs[i].name);
			return 1;
		}
	}
	return 0;
}

int options_parse(struct options *options, const struct command *command, int argc, char **argv)
{
	int ret;

	memset(options, 0, sizeof(*options));
	ret = parse_all(options, command->takes | OPTION_HELP, argc, argv);
	if (!ret && !(options->given & OPTION_HELP))
		ret = check_needs(options, command->needs);
	if (ret)
		fprintf(stderr, "Usage: blksnap %s %s\n", command->name, command->usage);
	return ret;
}

void options_free(struct options *options)
{
	free(options->devices);
	ranges_free(&options->ranges);
}
