// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "report.h"

/* Lines contain the path, for mount and dd; JSON contains the name in /sys/block. */
static int print(const struct blksnap_image_info *info, const struct options *options)
{
	bool is_path = info->name[0] && !options->json;
	char image[sizeof("/dev/") + sizeof(info->name)];
	struct report report;

	snprintf(image, sizeof(image), "%s%s", is_path ? "/dev/" : "", info->name);
	report_begin(&report, options->json, options->field);
	report_signed(&report, "error_code", info->error);
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
	struct blksnap_image_info info;
	int device, ret;

	if (check_field(options->field))
		return 1;
	device = access_device(options->device);
	if (device < 0)
		return 1;
	ret = blksnap_image_info(device, &info);
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
	.help = "Lines \"NAME=VALUE\": error_code, 0 or the negative errno of what spoilt the\n"
		"image, and image, its path, empty if no snapshot is taken. With -f only the\n"
		"value. In JSON the image is named without /dev/.",
	.takes = OPTION_DEVICE | OPTION_FIELD | OPTION_JSON,
	.needs = OPTION_DEVICE,
	.run = run,
};
