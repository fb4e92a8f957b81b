// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>
#include <unistd.h>

#include "access.h"
#include "command.h"
#include "kernel.h"
#include "report.h"

static int print(const struct blksnap_snapshotinfo *info, const struct options *options)
{
	char image[sizeof(info->image) + 1] = "";
	struct report report;

	memcpy(image, info->image, sizeof(info->image));
	report_begin(&report, options->json, options->field);
	report_signed(&report, "error_code", info->error_code);
	report_text(&report, "image", image);
	return report_end(&report);
}

static int check_field(const char *field)
{
	if (!field || !strcmp(field, "image") || !strcmp(field, "error_code"))
		return 0;
	report_problem("there is no field '%s', only image and error_code", field);
	return 1;
}

static int run(const struct options *options)
{
	struct blksnap_snapshotinfo info;
	int device, ret;

	if (check_field(options->field))
		return 1;
	device = access_device(options->device);
	if (device < 0)
		return 1;
	ret = kernel_snapshotinfo(device, &info);
	close(device);
	if (ret) {
		report_error(ret, "cannot get the snapshot of device %s%s", options->device,
			     access_hint(ret));
		return 1;
	}
	return print(&info, options);
}

const struct command command_snapshot_info = {
	.name = "snapshot_info",
	.usage = "-d DEV [-f image|error_code] [-j]",
	.summary = "Print the image of a device and its state",
	.help = "Lines \"NAME: VALUE\": error_code, 0 or the negative errno of what spoilt the\n"
		"image, and image, its name in /dev, empty if no snapshot is taken. With -f\n"
		"only the value.",
	.takes = OPTION_DEVICE | OPTION_FIELD | OPTION_JSON,
	.needs = OPTION_DEVICE,
	.run = run,
};
