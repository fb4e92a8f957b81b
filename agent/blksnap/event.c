// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "event.h"

/* The data of an event is not aligned for what it holds, hence the copies. */
uint64_t event_requested_sectors(const struct blksnap_snapshot_event *event)
{
	struct blksnap_event_low_free_space low;

	memcpy(&low, event->data, sizeof(low));
	return low.requested_nr_sect;
}

static void report_corrupted(struct report *report, const struct blksnap_snapshot_event *event)
{
	struct blksnap_event_corrupted corrupted;

	memcpy(&corrupted, event->data, sizeof(corrupted));
	report_number(report, "dev_id_mj", corrupted.dev_id_mj);
	report_number(report, "dev_id_mn", corrupted.dev_id_mn);
	report_signed(report, "err_code", corrupted.err_code);
}

/* A later module may have events that are not known here: their code is printed. */
static const char *name(uint32_t code)
{
	switch (code) {
	case blksnap_event_code_low_free_space:
		return "low_free_space";
	case blksnap_event_code_corrupted:
		return "corrupted";
	}
	return "unknown";
}

void event_report(struct report *report, const struct blksnap_snapshot_event *event)
{
	report_signed(report, "time_label", event->time_label);
	report_number(report, "code", event->code);
	report_text(report, "event", name(event->code));
	if (event->code == blksnap_event_code_low_free_space)
		report_number(report, "requested_nr_sect", event_requested_sectors(event));
	else if (event->code == blksnap_event_code_corrupted)
		report_corrupted(report, event);
}
