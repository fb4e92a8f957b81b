// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "report.h"

static int run(const struct options *options)
{
	int device = access_device(options->device);
	int ret;

	if (device < 0)
		return 1;
	ret = blksnap_detach(device);
	close(device);
	if (ret)
		report_error(ret, "cannot detach blksnap from device %s%s", options->device,
			     access_hint(ret));
	return ret ? 1 : 0;
}

const struct command command_detach = {
	.name = "detach",
	.usage = "-d DEV",
	.summary = "Stop tracking the changes of a device",
	.help = "What was tracked is forgotten: the next backup is a full one.",
	.takes = OPTION_DEVICE,
	.needs = OPTION_DEVICE,
	.run = run,
};
