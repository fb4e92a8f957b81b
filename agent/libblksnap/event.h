/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Converts an event of the kernel to the public structure. */
#ifndef BLKSNAP_EVENT_H
#define BLKSNAP_EVENT_H

#include <blksnap/blksnap.h>
#include <linux/blksnap.h>

void event_decode(const struct blksnap_snapshot_event *answer, struct blksnap_event *event);

#endif
