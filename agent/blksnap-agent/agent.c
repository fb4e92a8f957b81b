// SPDX-License-Identifier: GPL-2.0-or-later
/* The dispatcher: finds the subcommand of the command line, and runs it. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "agent.h"
#include "cli/descriptors.h"
#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"
#include "cli/program.h"
#include "commands/commands.h"

static const struct agent_command *const commands[] = {
	&agent_snapshot_create,
	&agent_snapshot_list,
	&agent_snapshot_show,
	&agent_snapshot_destroy,
	&agent_snapshot_wait,
	&agent_snapshot_mount,
	&agent_snapshot_umount,
	&agent_device_list,
	&agent_device_attach,
	&agent_device_detach,
	&agent_device_status,
	&agent_changes,
	&agent_export,
	&agent_doctor,
	&agent_metrics,
	&agent_cleanup,
	&agent_monitor,
};

/* What members of the group may do through the service on the bus. */
static const struct agent_command *const served[] = {
	&agent_snapshot_create,
	&agent_snapshot_list,
	&agent_snapshot_show,
	&agent_snapshot_destroy,
	&agent_snapshot_wait,
	&agent_device_list,
	&agent_device_status,
	&agent_changes,
};

/* A snapshot needs one descriptor for each device and each storage file. */
#define FILES		65536

#define COMMAND_COUNT	(sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *out)
{
	fputs("Usage: blksnap-agent COMMAND [ARGUMENT...]\n"
	      "Create, monitor and destroy snapshots of block devices.\n\n", out);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-20s%s\n", commands[i]->name, commands[i]->summary);
	fputs("\n\"blksnap-agent COMMAND --help\" tells a command's options.\n"
	      "The manual blksnap-agent(8) tells the rest.\n", out);
}

static void print_command_help(const struct agent_command *command)
{
	printf("Usage: blksnap-agent %s %s\n%s.\n\n", command->name, command->usage,
	       command->summary);
	arguments_help(command->takes);
}

/* Returns how many words of the command line are the command's name; 0 if it does not match. */
static int match_command(const struct agent_command *command, int argc, char **argv)
{
	size_t first = strlen(argv[1]);

	if (strncmp(command->name, argv[1], first))
		return 0;
	if (!command->name[first])
		return 1;
	if (command->name[first] != ' ' || argc < 3)
		return 0;
	return strcmp(command->name + first + 1, argv[2]) ? 0 : 2;
}

/* Move options in front of the command ("--json doctor") behind it. */
static int command_at(int argc, char **argv)
{
	int at = 1;

	while (at < argc && (!strcmp(argv[at], "--json") || !strcmp(argv[at], "--quiet")))
		at++;
	for (int moved = 1; moved < at; moved++) {
		char *option = argv[1];

		memmove(&argv[1], &argv[2], (argc - 2) * sizeof(*argv));
		argv[argc - 1] = option;
	}
	return at;
}

/* With --json, a command without a result of its own prints an object with the schema only. */
static int run_parsed(const struct agent_command *command, const struct arguments *arguments)
{
	int status = command->run(arguments);

	if (!status && arguments->json && !(command->takes & ARGUMENT_JSON))
		status = output_end(output_begin()) ? STATUS_FAILED : STATUS_OK;
	return status;
}

static bool is_served(const struct agent_command *command)
{
	for (size_t i = 0; i < sizeof(served) / sizeof(served[0]); i++)
		if (served[i] == command)
			return true;
	return false;
}

/*
 * Replace this process by the program that calls the service, which is apart: the monitor would
 * lock its libraries in memory. Returns if it is not installed.
 */
static void run_through_service(const struct agent_command *command, int argc, char **argv)
{
	char path[512], **words = calloc(argc + 2, sizeof(*words));

	if (words && !program_path("../libexec/blksnap/blksnap-agent-bus", path, sizeof(path))) {
		words[0] = path;
		words[1] = (char *)command->name;
		memcpy(words + 2, argv + 1, (argc - 1) * sizeof(*words));
		execv(path, words);
	}
	free(words);
}

static int run_command(const struct agent_command *command, int argc, char **argv)
{
	struct arguments arguments;
	int status;

	if (geteuid() && is_served(command))
		run_through_service(command, argc, argv);
	status = arguments_parse(&arguments, command, argc, argv);
	if (!status && (arguments.given & ARGUMENT_HELP))
		print_command_help(command);
	else if (!status)
		status = run_parsed(command, &arguments);
	arguments_free(&arguments);
	return status;
}

static int print_version(void)
{
	puts("blksnap-agent " AGENT_VERSION);
	return STATUS_OK;
}

/* Every process may raise the soft limit up to the hard limit; root may raise the hard limit. */
static void lift_limit(int resource, rlim_t wanted)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit) || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	setrlimit(resource, &limit);
	if (limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max = wanted;
	setrlimit(resource, &limit);
}

/*
 * The usual limit of open files is too low for many devices. The limit of the file size stays in
 * force (become_daemon() lifts it for the monitor), but without SIGXFSZ, which would kill the agent
 * halfway through a command.
 */
static void lift_limits(void)
{
	signal(SIGXFSZ, SIG_IGN);
	lift_limit(RLIMIT_NOFILE, FILES);
}

int agent_main(int argc, char **argv)
{
	/* The caller may ignore SIGCHLD; waitpid() would not return exit statuses then. */
	signal(SIGCHLD, SIG_DFL);
	if (descriptors_open_standard())
		return STATUS_FAILED;
	lift_limits();
	if (arguments_want_json(argc, argv))
		message_use_json();
	if (argc < 2 || command_at(argc, argv) == argc) {
		print_help(stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help")) {
		print_help(stdout);
		return STATUS_OK;
	}
	if (!strcmp(argv[1], "--version"))
		return print_version();
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		int words = match_command(commands[i], argc, argv);

		if (words && commands[i]->hand_over)
			return commands[i]->hand_over(argv);
		if (words)
			return run_command(commands[i], argc - words, argv + words);
	}
	message_error("there is no command '%s%s%s'; see blksnap-agent --help", argv[1],
		      argc > 2 ? " " : "", argc > 2 ? argv[2] : "");
	return STATUS_USAGE;
}
