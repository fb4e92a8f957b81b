/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a copy is: a line that is written over on a terminal, events with --json. */
#ifndef BLKSNAP_BACKUP_PROGRESS_H
#define BLKSNAP_BACKUP_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *name;
	int64_t started;
	int64_t shown;
};

void progress_begin(struct progress *progress, const char *name);
void progress_show(struct progress *progress, uint64_t done, uint64_t total, bool ended);

/* Milliseconds of a clock that does not jump. */
int64_t progress_clock(void);

#endif
