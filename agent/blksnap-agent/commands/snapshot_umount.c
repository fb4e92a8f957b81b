// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exit_status.h"
#include "commands/commands.h"
#include "lifecycle/image_mount.h"
#include "state/lookup.h"

static int run(const struct arguments *arguments)
{
	struct record record;
	int status = lookup_record(arguments->words[0], &record);

	if (!status)
		status = image_unmount_all(&record, arguments->words[0]);
	record_free(&record);
	return status ? STATUS_FAILED : STATUS_OK;
}

const struct agent_command agent_snapshot_umount = {
	.name = "snapshot umount",
	.usage = "ID",
	.summary = "Unmount the images again",
	.least = 1,
	.most = 1,
	.run = run,
};
