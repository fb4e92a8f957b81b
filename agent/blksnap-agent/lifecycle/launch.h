/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting the monitor of a snapshot: an instance of the systemd unit, or a daemon. */
#ifndef BLKSNAP_LAUNCH_H
#define BLKSNAP_LAUNCH_H

#include <blksnap/blksnap.h>

/* Start the monitor, and wait until it is ready. Returns 0, or 1 after a message. */
int launch_monitor(const struct blksnap_id *id);

#endif
