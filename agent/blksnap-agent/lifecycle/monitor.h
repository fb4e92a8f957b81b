/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process that monitors one snapshot, from before it is taken until it is gone. */
#ifndef BLKSNAP_MONITOR_H
#define BLKSNAP_MONITOR_H

#include <blksnap/blksnap.h>

/*
 * Monitor a snapshot in this process until the snapshot is gone or SIGTERM arrives. @text is the id
 * as the user wrote it, for messages. Returns an exit status.
 */
int monitor_run(const struct blksnap_id *id, const char *text);

/*
 * Monitor a snapshot in a child process, and fork another child if that one is killed by a signal,
 * as systemd restarts the unit. Returns the exit status of the last child.
 */
int monitor_run_restarting(const struct blksnap_id *id, const char *text);

#endif
