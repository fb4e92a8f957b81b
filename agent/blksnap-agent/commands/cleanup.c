// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exit_status.h"
#include "commands/commands.h"
#include "lifecycle/teardown.h"

static int run(const struct arguments *arguments)
{
	(void)arguments;
	return teardown_clean_up(true) ? STATUS_FAILED : STATUS_OK;
}

const struct agent_command agent_cleanup = {
	.name = "cleanup",
	.usage = "",
	.summary = "Remove what a crash left behind, and start missing monitors",
	.run = run,
};
