/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who made a snapshot, and which snapshot has a device. */
#ifndef BLKSNAP_CREATOR_H
#define BLKSNAP_CREATOR_H

#include "state/record.h"

/* Who we are, as "root (backup.sh)": who logged in, and the program that calls. To be freed. */
char *creator_describe(void);

/* A message that a device is in another snapshot than @own: in which, and how that is ended. */
void creator_report_holder(const struct member *member, const struct blksnap_id *own);

#endif
