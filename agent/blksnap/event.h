/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events of a snapshot, in the form that people and scripts read. */
#ifndef BLKSNAP_EVENT_H
#define BLKSNAP_EVENT_H

#include "report.h"

/* Its time, code and name, and the values that belong to its code. */
void event_report(struct report *report, const struct blksnap_event *event);

#endif
