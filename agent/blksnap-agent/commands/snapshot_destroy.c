// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/control.h"
#include "cli/exit_status.h"
#include "cli/message.h"
#include "commands/commands.h"
#include "lifecycle/destroy.h"
#include "lifecycle/teardown.h"
#include "state/lookup.h"

/* Print what would be destroyed, or why it cannot be. */
static int print_dry_run(const struct arguments *arguments, const struct blksnap_id *id,
			 const char *text)
{
	char *devices, id_text[BLKSNAP_ID_TEXT];
	struct record record;
	int status = 0;
	int ret = record_read(&record, id);

	if (!ret && !arguments->mounted)
		status = destroy_check(&record, text);
	devices = ret ? NULL : members_join(&record.devices);
	if (!status && !arguments->json)
		printf("would destroy %s%s%s\n", blksnap_id_format(id, id_text),
		       devices ? ", of " : "", devices ? devices : "");
	free(devices);
	record_free(&record);
	return status;
}

static int destroy_or_print(int control, const struct arguments *arguments,
			    const struct blksnap_id *id, const char *text)
{
	if (arguments->dry_run)
		return print_dry_run(arguments, id, text);
	return destroy_snapshot(control, id, text, arguments->mounted);
}

/* Snapshots of other programs are destroyed only by name. */
static int destroy_all(int control, const struct arguments *arguments)
{
	struct blksnap_id *ids;
	char text[BLKSNAP_ID_TEXT];
	size_t count;
	int status = 0;
	int ret = record_list(&ids, &count);

	if (ret)
		message_errno(ret, "cannot list the snapshots");
	for (size_t i = 0; !ret && i < count; i++)
		status |= destroy_or_print(control, arguments, &ids[i],
					   blksnap_id_format(&ids[i], text));
	free(ids);
	return ret ? 1 : status;
}

/* All names are resolved before the first snapshot is destroyed. */
static int destroy_named(int control, const struct arguments *arguments)
{
	struct blksnap_id *ids = calloc(arguments->word_count + 1, sizeof(*ids));
	int status = ids ? 0 : 1;

	for (size_t i = 0; !status && i < arguments->word_count; i++)
		status = lookup_snapshot(arguments->words[i], &ids[i]);
	if (!status)
		for (size_t i = 0; i < arguments->word_count; i++)
			status |= destroy_or_print(control, arguments, &ids[i],
						   arguments->words[i]);
	free(ids);
	return status;
}

static int run(const struct arguments *arguments)
{
	int control = control_open();
	int status;

	if (control < 0)
		return STATUS_FAILED;
	status = arguments->all ? destroy_all(control, arguments) :
				  destroy_named(control, arguments);
	close(control);
	if (!arguments->dry_run)
		status |= teardown_clean_up(true);
	return status ? STATUS_FAILED : STATUS_OK;
}

const struct agent_command agent_snapshot_destroy = {
	.name = "snapshot destroy",
	.usage = "(ID... | --all) [--mounted] [--dry-run]",
	.summary = "Give snapshots up, and remove their storage",
	.takes = ARGUMENT_ALL | ARGUMENT_MOUNTED | ARGUMENT_DRY_RUN,
	.least = 1,
	.most = SIZE_MAX,
	.run = run,
};
