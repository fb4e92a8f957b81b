/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting what looks after a snapshot: an instance of the systemd unit, or a daemon. */
#ifndef BLKSNAP_LAUNCH_H
#define BLKSNAP_LAUNCH_H

#include <blksnap/blksnap.h>

/* Returns when it looks after the snapshot: 0, or 1 after a message. */
int launch_monitor(const struct blksnap_id *id);

#endif
