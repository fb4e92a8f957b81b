/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The readiness notification of systemd, sd_notify(3). */
#ifndef BLKSNAP_NOTIFY_H
#define BLKSNAP_NOTIFY_H

#include <sys/types.h>

/* Notify the starter of this process, if NOTIFY_SOCKET is set. */
void notify_ready(void);

/* Create a socket at @path for the notification. Returns a descriptor or a negative errno. */
int notify_listen(const char *path);

/*
 * Wait for the notification of a process. Returns 0, -ETIMEDOUT, -ECHILD if the process exited
 * before, or another negative errno.
 */
int notify_wait(int fd, pid_t pid, int timeout_ms);

#endif
