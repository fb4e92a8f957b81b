// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
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
	ret = blksnap_attach(device);
	close(device);
	if (ret)
		report_error(ret, "cannot attach blksnap to device %s%s", options->device,
			     access_hint(ret == -ENOENT ? -ENOTTY : ret));
	return ret ? 1 : 0;
}

const struct command command_attach = {
	.name = "attach",
	.usage = "-d DEV",
	.summary = "Begin to track the changes of a device",
	.takes = OPTION_DEVICE,
	.needs = OPTION_DEVICE,
	.run = run,
};
