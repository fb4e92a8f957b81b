// SPDX-License-Identifier: GPL-2.0-or-later
#include "event.h"

static void report_corrupted(struct report *report, const struct blksnap_event *event)
{
	report_number(report, "dev_id_mj", event->major);
	report_number(report, "dev_id_mn", event->minor);
	report_signed(report, "err_code", -event->error);
}

/* Returns NULL for an event that only a later module has. */
static const char *name_of(uint32_t code)
{
	switch (code) {
	case BLKSNAP_EVENT_LOW_SPACE:
		return "low_free_space";
	case BLKSNAP_EVENT_CORRUPTED:
		return "corrupted";
	}
	return NULL;
}

static void report_json(struct report *report, const struct blksnap_event *event)
{
	const char *name = name_of(event->code);

	report_signed(report, "time_label", event->time_ns);
	report_number(report, "code", event->code);
	report_text(report, "event", name ? name : "unknown");
}

static void report_lines(struct report *report, const struct blksnap_event *event)
{
	const char *name = name_of(event->code);

	report_signed(report, "time", event->time_ns);
	if (name)
		report_text(report, "event", name);
	else
		report_number(report, "event", event->code);
}

void event_report(struct report *report, const struct blksnap_event *event)
{
	if (report->object)
		report_json(report, event);
	else
		report_lines(report, event);
	if (event->code == BLKSNAP_EVENT_LOW_SPACE)
		report_number(report, "requested_nr_sect", event->sectors);
	else if (event->code == BLKSNAP_EVENT_CORRUPTED)
		report_corrupted(report, event);
}
