// SPDX-License-Identifier: GPL-2.0-or-later
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "event.h"
#include "report.h"

static int run(const struct options *options)
{
	struct blksnap_event event;
	int control = access_control();
	struct report report;
	int ret;

	if (control < 0)
		return 1;
	ret = blksnap_event_wait(control, &options->id, options->timeout_ms, &event);
	close(control);
	if (ret) {
		report_error(ret, "cannot get an event of snapshot %s in %u ms",
			     options->id_text, options->timeout_ms);
		return 1;
	}
	report_begin(&report, options->json, NULL);
	event_report(&report, &event);
	return report_end(&report);
}

const struct command command_snapshot_waitevent = {
	.name = "snapshot_waitevent",
	.usage = "-i ID -t MS [-j]",
	.summary = "Wait for something to happen to a snapshot",
	.help = "Lines \"NAME: VALUE\": time_label, code, event, and for event low_free_space\n"
		"requested_nr_sect, for event corrupted dev_id_mj, dev_id_mn and err_code.\n"
		"The exit status is 1 if nothing happened in time.",
	.takes = OPTION_ID | OPTION_TIMEOUT | OPTION_JSON,
	.needs = OPTION_ID | OPTION_TIMEOUT,
	.run = run,
};
