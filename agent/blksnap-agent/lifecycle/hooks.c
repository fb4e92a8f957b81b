// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/message.h"
#include "lifecycle/hooks.h"
#include "lifecycle/supervisor.h"

int hooks_check(const struct settings *settings)
{
	struct stat st;

	if (stat(settings->hooks, &st)) {
		if (errno == ENOENT && !settings->hooks_set)
			return 0;
		message_errno(-errno, "cannot use the hooks in %s", settings->hooks);
		return 1;
	}
	if (S_ISDIR(st.st_mode))
		return 0;
	message_error("cannot use the hooks in %s: it is not a folder", settings->hooks);
	return 1;
}

/* Skip hidden files, and backup files of editors and package managers. */
static int is_hook(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return *entry->d_name != '.' && entry->d_name[length - 1] != '~' &&
	       !strstr(entry->d_name, ".dpkg-") && !strstr(entry->d_name, ".rpm");
}

/* The mode decides. An executable that cannot be started is a hook that fails. */
static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && st.st_mode & 0111;
}

/**
 * struct hook_call - the call of a hook
 * @record: of the snapshot
 * @phase: the argument of the hook
 * @problem: what went wrong, or NULL
 */
struct hook_call {
	const struct record *record;
	const char *phase;
	const char *problem;
};

static void set_environment(const void *context)
{
	const struct hook_call *call = context;
	const struct record *record = call->record;
	char id[BLKSNAP_ID_TEXT];
	char *devices = members_join_paths(&record->devices);

	setenv("BLKSNAP_PHASE", call->phase, 1);
	setenv("BLKSNAP_ID", blksnap_id_format(&record->id, id), 1);
	setenv("BLKSNAP_NAME", record->name ? record->name : "", 1);
	setenv("BLKSNAP_DEVICES", devices ? devices : "", 1);
	setenv("BLKSNAP_PROBLEM", call->problem ? call->problem : "", 1);
	free(devices);
}

/* Before the freeze, a signal to the agent also ends the hook. */
static int run_hook(const char *path, const struct hook_call *call)
{
	const struct supervised_program program = {
		.path = path,
		.argument = call->phase,
		.seconds = call->record->hook_timeout,
		.interruptible = !strcmp(call->phase, "pre-freeze"),
		.prepare = set_environment,
		.context = call,
	};

	return supervisor_run(&program);
}

static int run_entry(const struct hook_call *call, const char *name)
{
	char *path;
	int status;

	if (asprintf(&path, "%s/%s", call->record->hooks, name) < 0)
		return 1;
	status = is_program(path) ? run_hook(path, call) : 0;
	free(path);
	return status;
}

/* Only a folder that was configured must exist. */
static int list_hooks(const struct record *record, struct dirent ***entries)
{
	int count = scandir(record->hooks, entries, is_hook, alphasort);

	if (count >= 0)
		return count;
	*entries = NULL;
	if (errno == ENOENT && !strcmp(record->hooks, SETTINGS_HOOKS))
		return 0;
	message_errno(-errno, "cannot look for hooks in %s", record->hooks);
	return -1;
}

int hooks_run(const struct record *record, const char *phase, const char *problem)
{
	bool forward = strcmp(phase, "post-thaw"), ends = !strcmp(phase, "pre-freeze");
	const struct hook_call call = { .record = record, .phase = phase, .problem = problem };
	struct dirent **entries;
	int count = list_hooks(record, &entries);
	int status = count < 0 ? 1 : 0;

	for (int i = 0; i < count; i++) {
		const char *name = entries[forward ? i : count - 1 - i]->d_name;

		if (!status || !ends)
			status |= run_entry(&call, name);
	}
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	return status;
}
