// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exit_status.h"
#include "commands/command_targets.h"

int command_targets_open(struct targets *targets, const struct arguments *arguments)
{
	int status = 0;

	if (arguments->all)
		return targets_add_mounted(targets, &arguments->excluded);
	for (size_t i = 0; !status && i < arguments->word_count; i++)
		status = targets_add(targets, arguments->words[i]);
	return status;
}

int command_targets_for_each(const struct arguments *arguments,
			     int (*act)(const struct target *target))
{
	struct targets targets = {};
	int status = command_targets_open(&targets, arguments);

	if (!status)
		for (size_t i = 0; i < targets.count; i++)
			status |= act(&targets.items[i]);
	targets_free(&targets);
	return status ? STATUS_FAILED : STATUS_OK;
}
