// SPDX-License-Identifier: GPL-2.0-or-later
/* The subcommands, and nothing of what they do. */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "digest.h"
#include "options.h"
#include "say.h"
#include "stop.h"

static const struct command *const commands[] = {
	&command_create, &command_list, &command_show, &command_verify,
	&command_prune, &command_restore, &command_mount, &command_umount,
	&command_export,
};

#define COMMAND_COUNT	(sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
	fputs("Usage: blksnap-backup COMMAND [ARGUMENT...]\n"
	      "Backups of block devices that any program that reads qcow2 restores.\n\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-10s%s\n", commands[i]->name, commands[i]->summary);
	fputs("\n\"blksnap-backup COMMAND --help\" tells a command's options.\n"
	      "The manual blksnap-backup(8) tells the rest.\n", out);
}

static int run(const struct command *command, int argc, char **argv)
{
	struct options options;
	int status = options_parse(&options, command, argc, argv);

	if (!status && options.given & OPTION_HELP) {
		options_help(command);
	} else if (!status) {
		digest_init();
		stop_catch();
		status = command->run(&options);
		if (!status)
			status = say_end();
	}
	options_free(&options);
	return status;
}

/* A chain has a descriptor for each of its files. */
static void lift_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv)
{
	umask(077);
	lift_limit();
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--json"))
			say_in_json();
	if (argc < 2) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		print_help(stdout);
		return STATUS_OK;
	}
	if (!strcmp(argv[1], "--version")) {
		puts("blksnap-backup " AGENT_VERSION);
		return STATUS_OK;
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(commands[i]->name, argv[1]))
			return run(commands[i], argc - 1, argv + 1);
	say("there is no command '%s'; see blksnap-backup --help", argv[1]);
	return STATUS_USAGE;
}
