// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/control.h"
#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"
#include "commands/command_targets.h"
#include "commands/commands.h"
#include "lifecycle/creation.h"
#include "lifecycle/destroy.h"
#include "lifecycle/hooks.h"
#include "lifecycle/teardown.h"
#include "state/lookup.h"

static int print_plan(const struct targets *targets, const struct candidates *candidates)
{
	char label[MEMBER_LABEL];

	for (size_t i = 0; i < targets->count; i++)
		printf("device:   %s\n", member_label(&targets->items[i].member, label));
	for (size_t i = 0; i < candidates->places.count; i++)
		printf("storage:  %s%s\n", candidates->places.items[i].path,
		       i ? ", if that cannot be used" : "");
	for (size_t i = 0; i < candidates->refused.count; i++)
		printf("no use:   %s\n", candidates->refused.items[i]);
	return output_flush();
}

static int print_plan_json(const struct targets *targets, const struct candidates *candidates)
{
	struct json_object *devices = json_object_new_array(), *storage = json_object_new_array();
	struct json_object *refused = json_object_new_array(), *object = output_begin();

	for (size_t i = 0; i < targets->count; i++)
		json_object_array_add(devices, output_string(targets->items[i].member.path));
	for (size_t i = 0; i < candidates->places.count; i++)
		json_object_array_add(storage, output_string(candidates->places.items[i].path));
	for (size_t i = 0; i < candidates->refused.count; i++)
		json_object_array_add(refused, output_string(candidates->refused.items[i]));
	json_object_object_add(object, "devices", devices);
	json_object_object_add(object, "storage", storage);
	json_object_object_add(object, "refused", refused);
	return output_end(object);
}

static int print_dry_run(struct creation *creation, bool json)
{
	struct candidates candidates = {};
	int status = creation_plan_storage(creation, &candidates);

	if (!status && json)
		status = print_plan_json(&creation->targets, &candidates);
	else if (!status)
		status = print_plan(&creation->targets, &candidates);
	candidates_free(&candidates);
	return status;
}

/* A dry run needs neither the module nor a snapshot, and changes nothing. */
static int run_dry(const struct arguments *arguments)
{
	struct creation creation = { .settings = &arguments->settings };
	int status = hooks_check(creation.settings) ||
		     command_targets_open(&creation.targets, arguments) ||
		     print_dry_run(&creation, arguments->json);

	targets_free(&creation.targets);
	return status ? STATUS_FAILED : STATUS_OK;
}

static int print_created(const struct record *record, bool json)
{
	char text[BLKSNAP_ID_TEXT];
	struct json_object *object;

	blksnap_id_format(&record->id, text);
	if (!json) {
		puts(text);
		return output_flush();
	}
	object = output_begin();
	output_text(object, "id", text);
	return output_end(object);
}

static const char *name_of(const struct arguments *arguments)
{
	return arguments->name ? arguments->name : arguments->replace;
}

/* The old snapshot is destroyed after all checks that are possible before. */
static int destroy_replaced(struct creation *creation, const struct arguments *arguments)
{
	struct blksnap_id id;
	int ret = arguments->replace ? lookup_by_name(arguments->replace, &id) : -ENOENT;

	if (ret == -ENOENT)
		return 0;
	if (ret) {
		message_errno(ret, "cannot look for a snapshot named %s", arguments->replace);
		return 1;
	}
	return destroy_snapshot(creation->control, &id, arguments->replace, false);
}

static int make_snapshot(struct creation *creation, const struct arguments *arguments)
{
	int status = destroy_replaced(creation, arguments) ||
		     creation_make(creation, name_of(arguments)) ||
		     print_created(&creation->record, arguments->json);

	if (status)
		creation_undo(creation);
	return status ? STATUS_FAILED : STATUS_OK;
}

static int run(const struct arguments *arguments)
{
	struct creation creation = { .settings = &arguments->settings, .lock = -1 };
	int status;

	if (arguments->dry_run)
		return run_dry(arguments);
	if (getenv("BLKSNAP_PHASE")) {
		message_error("a hook cannot make a snapshot: that would wait for the hook");
		return STATUS_FAILED;
	}
	creation.control = control_open();
	if (creation.control < 0)
		return STATUS_FAILED;
	creation_block_signals();
	teardown_clean_up(false);
	status = hooks_check(creation.settings) ||
		 (arguments->name && creation_check_name(arguments->name)) ||
		 command_targets_open(&creation.targets, arguments);
	if (!status)
		status = make_snapshot(&creation, arguments);
	creation_free(&creation);
	close(creation.control);
	return status;
}

const struct agent_command agent_snapshot_create = {
	.name = "snapshot create",
	.usage = "(DEVICE... | --all [--exclude DEVICE]...) [OPTION...]",
	.summary = "Take a snapshot, and start its monitor",
	.takes = ARGUMENT_NAME | ARGUMENT_STORAGE | ARGUMENT_SETTINGS | ARGUMENT_TTL |
		 ARGUMENT_ALL | ARGUMENT_CONFIG | ARGUMENT_JSON | ARGUMENT_EXCLUDE |
		 ARGUMENT_REPLACE | ARGUMENT_DRY_RUN,
	.least = 1,
	.most = SIZE_MAX,
	.run = run,
};
