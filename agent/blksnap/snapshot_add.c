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
	ret = blksnap_snapshot_add(device, &options->id);
	close(device);
	if (ret)
		report_error(ret, "cannot add device %s%s to snapshot %s", options->device,
			     access_hint(ret), options->id_text);
	return ret ? 1 : 0;
}

const struct command command_snapshot_add = {
	.name = "snapshot_add",
	.usage = "-d DEV -i ID",
	.summary = "Add a device to a snapshot that is not taken yet",
	.help = "The device must be attached already.",
	.takes = OPTION_DEVICE | OPTION_ID,
	.needs = OPTION_DEVICE | OPTION_ID,
	.run = run,
};
