// SPDX-License-Identifier: GPL-2.0-or-later
/* The dispatcher of the console tool. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "console.h"
#include "report.h"

static const struct command *const commands[] = {
	&command_version,
	&command_attach,
	&command_detach,
	&command_cbtinfo,
	&command_readcbtmap,
	&command_markdirtyblock,
	&command_snapshot_info,
	&command_snapshot_add,
	&command_snapshot_create,
	&command_snapshot_destroy,
	&command_snapshot_appendstorage,
	&command_snapshot_take,
	&command_snapshot_waitevent,
	&command_snapshot_collect,
	&command_stretch_snapshot,
};

#define COMMAND_COUNT	(sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
	fputs("Usage: blksnap COMMAND [OPTION...]\n"
	      "Snapshots of block devices and the map of what changed between them.\n\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-24s%s\n", commands[i]->name, commands[i]->summary);
	fputs("\n\"blksnap COMMAND --help\" tells a command's options. The exit status is 0,\n"
	      "or 1 after a message.\n", out);
}

static void print_command_help(const struct command *command)
{
	printf("Usage: blksnap %s %s\n%s.\n\n", command->name, command->usage, command->summary);
	if (command->help)
		printf("%s\n\n", command->help);
	options_help(command->takes);
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(name, commands[i]->name))
			return commands[i];
	return NULL;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct options options;
	int status = options_parse(&options, command, argc, argv);

	if (!status && (options.given & OPTION_HELP))
		print_command_help(command);
	else if (!status)
		status = command->run(&options);
	options_free(&options);
	return status;
}

static bool asks_for_help(const char *word)
{
	return !strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help");
}

int console_main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_help(stderr);
		return 1;
	}
	if (asks_for_help(argv[1])) {
		print_help(stdout);
		return 0;
	}
	command = find_command(argv[1]);
	if (!command) {
		report_problem("there is no command '%s'; see blksnap --help", argv[1]);
		return 1;
	}
	return run(command, argc - 1, argv + 1);
}
