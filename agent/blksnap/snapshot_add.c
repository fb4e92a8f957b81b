// SPDX-License-Identifier: GPL-2.0-or-later
#include <blksnap/blksnap.h>

#include "command.h"
#include "members.h"

static int run(const struct options *options)
{
	struct members members;
	int status;

	status = snapshot_members_attach(&members, &options->device, 1);
	if (!status)
		status = snapshot_members_add(&members, &options->id, options->id_text);
	snapshot_members_close(&members, status);
	return status;
}

const struct command command_snapshot_add = {
	.name = "snapshot_add",
	.usage = "-d DEV -i ID",
	.summary = "Add a device to a snapshot that is not taken yet",
	.help = "If it is not attached yet, it is attached.",
	.takes = OPTION_DEVICE | OPTION_ID,
	.needs = OPTION_DEVICE | OPTION_ID,
	.run = run,
};
