/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snapshots by what the user calls them. */
#ifndef BLKSNAP_LOOKUP_H
#define BLKSNAP_LOOKUP_H

#include "state/record.h"

/* The snapshot whose record has the name: 0, -ENOENT, or another errno. */
int lookup_by_name(const char *name, struct blksnap_id *id);

/*
 * The snapshot with this id, name, or start of an id, among those that have a record or
 * that the kernel has. 0, or 1 after a message.
 */
int lookup_snapshot(const char *text, struct blksnap_id *id);

/* All of them, to be freed. 0, or 1 after a message. */
int lookup_all(struct blksnap_id **ids, size_t *count);

/* The same for one that must have a record; record_free() follows either way. */
int lookup_record(const char *text, struct record *record);

/*
 * Whether the kernel has the snapshot; also true if that cannot be determined, and false without the
 * module. The kernel is asked on each call. A caller that has seen the record or a storage file of
 * the snapshot before can rely on false: the snapshot will not come back.
 */
bool lookup_in_kernel(const struct blksnap_id *id);

#endif
