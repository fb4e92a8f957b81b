// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "report.h"

static int print(const struct blksnap_module_version *version, bool json)
{
	struct report report;

	report_begin(&report, json, NULL);
	if (json) {
		report_number(&report, "major", version->major);
		report_number(&report, "minor", version->minor);
		report_number(&report, "revision", version->revision);
		report_number(&report, "build", version->build);
	} else {
		printf("%u.%u.%u.%u\n", version->major, version->minor, version->revision,
		       version->build);
	}
	return report_end(&report);
}

static int run(const struct options *options)
{
	struct blksnap_module_version version;
	int control = access_control();
	int ret;

	if (control < 0)
		return 1;
	ret = blksnap_module_version(control, &version);
	close(control);
	if (ret) {
		report_error(ret, "cannot get the module's version");
		return 1;
	}
	return print(&version, options->json);
}

const struct command command_version = {
	.name = "version",
	.usage = "[-j]",
	.summary = "Print the version of the module",
	.help = "One line, MAJOR.MINOR.REVISION.BUILD.",
	.takes = OPTION_JSON,
	.run = run,
};
