// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "event.h"
#include "report.h"

/* Returns the result of the wait, or NULL if it failed. */
static const char *result_of(int ret)
{
	switch (ret) {
	case 0:
		return "ok";
	case -ENOENT:
		return "timeout";
	case -EINTR:
		return "interrupted";
	case -ESRCH:
		return "not found";
	}
	return NULL;
}

static int run(const struct options *options)
{
	struct blksnap_event event;
	int control = access_control();
	struct report report;
	const char *result;
	int ret;

	if (control < 0)
		return 1;
	ret = blksnap_event_wait(control, &options->id, options->timeout_ms, &event);
	close(control);
	result = result_of(ret);
	if (!result) {
		report_error(ret, "cannot get an event of snapshot %s", options->id_text);
		return 1;
	}
	report_begin(&report, options->json, NULL);
	report_text(&report, "result", result);
	if (!ret)
		event_report(&report, &event);
	return report_end(&report);
}

const struct command command_snapshot_waitevent = {
	.name = "snapshot_waitevent",
	.usage = "-i ID -t MS [-j]",
	.summary = "Wait for something to happen to a snapshot",
	.help = "Lines \"NAME=VALUE\". The first is result: ok, timeout, interrupted (the program\n"
		"was stopped and went on), or not found, if there is no such snapshot (any\n"
		"more). With ok follow time, in nanoseconds, and event: low_free_space with\n"
		"requested_nr_sect, corrupted with dev_id_mj, dev_id_mn and err_code, or the\n"
		"number of another one.",
	.takes = OPTION_ID | OPTION_TIMEOUT | OPTION_JSON,
	.needs = OPTION_ID | OPTION_TIMEOUT,
	.run = run,
};
