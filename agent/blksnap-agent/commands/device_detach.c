// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/message.h"
#include "commands/command_targets.h"
#include "commands/commands.h"

static int detach_one(const struct target *target)
{
	int ret = blksnap_detach(target->fd);

	if (!ret)
		return 0;
	message_failed(BLKSNAP_DETACH, ret, "cannot detach from device %s", target->member.path);
	return 1;
}

static int run(const struct arguments *arguments)
{
	return command_targets_for_each(arguments, detach_one);
}

const struct agent_command agent_device_detach = {
	.name = "device detach",
	.usage = "DEVICE...",
	.summary = "End that; the next backup is a full one",
	.least = 1,
	.most = SIZE_MAX,
	.run = run,
};
