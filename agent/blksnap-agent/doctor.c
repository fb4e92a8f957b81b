// SPDX-License-Identifier: GPL-2.0-or-later
#include "command.h"
#include "status.h"
static int run(const struct arguments *arguments)
{
	(void)arguments;
	return STATUS_OK;
}

const struct agent_command agent_doctor = { .name = "doctor", .usage = "", .summary = "x", .run = run };
