/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /var/lib/blksnap/places: the folders that may hold storage files, one a line. A folder
 * is written down, and that is on the disk, before the first file is made in it; so what a
 * crash of the machine leaves behind is found.
 */
#ifndef BLKSNAP_LEDGER_H
#define BLKSNAP_LEDGER_H

#include "string_list.h"

/* Each returns 0 or a negative errno. The lock of runtime_lock_all() must be held. */
int ledger_read(struct strings *places);
int ledger_add(const char *place);
int ledger_write(const struct strings *places);

#endif
