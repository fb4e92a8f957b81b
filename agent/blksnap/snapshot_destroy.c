// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "report.h"

static int run(const struct options *options)
{
	int control = access_control();
	int ret;

	if (control < 0)
		return 1;
	ret = blksnap_snapshot_destroy(control, &options->id);
	close(control);
	if (ret)
		report_error(ret, "cannot destroy snapshot %s", options->id_text);
	return ret ? 1 : 0;
}

const struct command command_snapshot_destroy = {
	.name = "snapshot_destroy",
	.usage = "-i ID",
	.summary = "Give up a snapshot, its images and its storage",
	.help = "Afterwards the storage may be used for something else. Changes go on being\n"
		"tracked.",
	.takes = OPTION_ID,
	.needs = OPTION_ID,
	.run = run,
};
