// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "report.h"

static int print(const struct blksnap_tracker_info *info, bool json)
{
	struct report report;

	report_begin(&report, json, NULL);
	report_number(&report, "block_size", info->block_size);
	report_number(&report, "device_capacity", info->device_size);
	report_number(&report, "block_count", info->block_count);
	report_id(&report, "generation_id", &info->generation);
	report_number(&report, "changes_number", info->number);
	return report_end(&report);
}

static int run(const struct options *options)
{
	struct blksnap_tracker_info info;
	int device = access_device(options->device);
	int ret;

	if (device < 0)
		return 1;
	ret = blksnap_tracker_info(device, &info);
	close(device);
	if (ret) {
		report_error(ret, "cannot get the change tracking of device %s%s",
			     options->device, access_hint(ret));
		return 1;
	}
	return print(&info, options->json);
}

const struct command command_cbtinfo = {
	.name = "cbtinfo",
	.usage = "-d DEV [-j]",
	.summary = "Print how the changes of a device are tracked",
	.help = "Lines \"NAME=VALUE\": block_size and device_capacity in bytes, block_count,\n"
		"generation_id, and changes_number, the number of the last snapshot taken.\n"
		"Backups of different generation_id have no history in common.",
	.takes = OPTION_DEVICE | OPTION_JSON,
	.needs = OPTION_DEVICE,
	.run = run,
};
