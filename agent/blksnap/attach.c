// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <unistd.h>

#include "access.h"
#include "command.h"

/* Scripts attach unconditionally: a device that is attached already is not an error. */
static int run(const struct options *options)
{
	int device = access_device(options->device);
	int ret;

	if (device < 0)
		return 1;
	ret = access_attach(device, options->device);
	close(device);
	if (!ret)
		printf("device %s was attached already\n", options->device);
	return ret < 0 ? 1 : 0;
}

const struct command command_attach = {
	.name = "attach",
	.usage = "-d DEV",
	.summary = "Begin to track the changes of a device",
	.help = "If it is attached already, a line says so, and the exit status is 0.",
	.takes = OPTION_DEVICE,
	.needs = OPTION_DEVICE,
	.run = run,
};
