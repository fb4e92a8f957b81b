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

/* Not what editors and package managers leave behind. */
static int is_hook(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return *entry->d_name != '.' && entry->d_name[length - 1] != '~' &&
	       !strstr(entry->d_name, ".dpkg-") && !strstr(entry->d_name, ".rpm");
}

/* By its mode: one that must not be run for another reason is no less a hook, which fails. */
static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && st.st_mode & 0111;
}

/**
 * struct call - of a hook
 * @record: of the snapshot
 * @phase: why it is called
 * @problem: what went wrong, or NULL
 */
struct call {
	const struct record *record;
	const char *phase;
	const char *problem;
};

static void set_environment(const void *context)
{
	const struct call *call = context;
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

/* Before anything is held a signal to us ends the hook as well. */
static int run_one(const char *path, const struct call *call)
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

static int run_entry(const struct call *call, const char *name)
{
	char *path;
	int status;

	if (asprintf(&path, "%s/%s", call->record->hooks, name) < 0)
		return 1;
	status = is_program(path) ? run_one(path, call) : 0;
	free(path);
	return status;
}

/* No folder is no hooks, where nobody asked for it. */
static int list(const struct record *record, struct dirent ***entries)
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
	const struct call call = { .record = record, .phase = phase, .problem = problem };
	struct dirent **entries;
	int count = list(record, &entries);
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
