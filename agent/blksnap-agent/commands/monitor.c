// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exit_status.h"
#include "cli/message.h"
#include "commands/commands.h"
#include "lifecycle/monitor.h"

static int run(const struct arguments *arguments)
{
	const char *text = arguments->words[0];
	struct blksnap_id id;

	if (blksnap_id_parse(text, &id)) {
		message_error("'%s' is not the id of a snapshot", text);
		return STATUS_USAGE;
	}
	return arguments->daemon ? monitor_run_restarting(&id, text) : monitor_run(&id, text);
}

const struct agent_command agent_monitor = {
	.name = "monitor",
	.usage = "ID",
	.summary = "Monitor a snapshot (this is what its systemd unit runs)",
	.takes = ARGUMENT_DAEMON,
	.least = 1,
	.most = 1,
	.run = run,
};
