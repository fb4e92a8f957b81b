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
	ret = blksnap_snapshot_take(control, &options->id);
	close(control);
	if (ret)
		report_error(ret, "cannot take snapshot %s", options->id_text);
	return ret ? 1 : 0;
}

const struct command command_snapshot_take = {
	.name = "snapshot_take",
	.usage = "-i ID",
	.summary = "Hold the instant: from now on there are images",
	.takes = OPTION_ID,
	.needs = OPTION_ID,
	.run = run,
};
