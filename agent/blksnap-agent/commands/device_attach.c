// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "cli/message.h"
#include "commands/command_targets.h"
#include "commands/commands.h"

static int attach_one(const struct target *target)
{
	int ret = blksnap_attach(target->fd);

	if (!ret || ret == -EALREADY)
		return 0;
	message_failed(BLKSNAP_ATTACH, ret, "cannot attach to device %s", target->member.path);
	return 1;
}

static int run(const struct arguments *arguments)
{
	return command_targets_for_each(arguments, attach_one);
}

const struct agent_command agent_device_attach = {
	.name = "device attach",
	.usage = "DEVICE... | --all [--exclude DEVICE]...",
	.summary = "Begin to track what changes on devices",
	.takes = ARGUMENT_ALL | ARGUMENT_EXCLUDE,
	.least = 1,
	.most = SIZE_MAX,
	.run = run,
};
