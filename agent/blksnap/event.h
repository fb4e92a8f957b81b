/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of a snapshot, in the form that people and scripts read. */
#ifndef BLKSNAP_EVENT_H
#define BLKSNAP_EVENT_H

#include "report.h"

/* When it happened, which one it is, and the values that belong to it. */
void event_report(struct report *report, const struct blksnap_event *event);

#endif
