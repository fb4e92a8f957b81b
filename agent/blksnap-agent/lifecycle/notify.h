/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The message "I am ready", in the form that systemd understands. */
#ifndef BLKSNAP_NOTIFY_H
#define BLKSNAP_NOTIFY_H

#include <sys/types.h>

/* Tells whoever started this process, if it wants to know. */
void notify_ready(void);

/* A socket at @path on which that can be awaited, or a negative errno. */
int notify_listen(const char *path);

/* Waits for the message of process @pid: 0, -ETIMEDOUT, or -ECHILD if it ended before. */
int notify_wait(int fd, pid_t pid, int timeout_ms);

#endif
