// SPDX-License-Identifier: GPL-2.0-or-later
#include "event.h"

static void report_corrupted(struct report *report, const struct blksnap_event *event)
{
	report_number(report, "dev_id_mj", event->major);
	report_number(report, "dev_id_mn", event->minor);
	report_signed(report, "err_code", -event->error);
}

/* A later module may have events that are not known here: their code is printed. */
static const char *name(uint32_t code)
{
	switch (code) {
	case BLKSNAP_EVENT_LOW_SPACE:
		return "low_free_space";
	case BLKSNAP_EVENT_CORRUPTED:
		return "corrupted";
	}
	return "unknown";
}

void event_report(struct report *report, const struct blksnap_event *event)
{
	report_signed(report, "time_label", event->time_ns);
	report_number(report, "code", event->code);
	report_text(report, "event", name(event->code));
	if (event->code == BLKSNAP_EVENT_LOW_SPACE)
		report_number(report, "requested_nr_sect", event->sectors);
	else if (event->code == BLKSNAP_EVENT_CORRUPTED)
		report_corrupted(report, event);
}
