/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Printing events of a snapshot. */
#ifndef BLKSNAP_EVENT_H
#define BLKSNAP_EVENT_H

#include "report.h"

/* Add the time, the name and the values of an event. */
void event_report(struct report *report, const struct blksnap_event *event);

#endif
