/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SIGINT, SIGTERM and SIGHUP: what was begun is taken back. */
#ifndef BLKSNAP_BACKUP_STOP_H
#define BLKSNAP_BACKUP_STOP_H

#include <stdbool.h>

/* From now on they do not end us. */
void stop_catch(void);

/* Whether one came; the first to notice says so. */
bool stop_wanted(void);

#endif
