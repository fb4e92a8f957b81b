/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding snapshots by id and by name. */
#ifndef BLKSNAP_LOOKUP_H
#define BLKSNAP_LOOKUP_H

#include "state/record.h"

/* Find the snapshot whose record has the name. Returns 0, -ENOENT, or another negative errno. */
int lookup_by_name(const char *name, struct blksnap_id *id);

/*
 * Find the snapshot with an id, the beginning of an id, or a name, among those with a record and
 * those of the kernel. Returns 0, or 1 after a message.
 */
int lookup_snapshot(const char *text, struct blksnap_id *id);

/* List all of these snapshots. The caller frees *ids. Returns 0, or 1 after a message. */
int lookup_all(struct blksnap_id **ids, size_t *count);

/*
 * Like lookup_snapshot(), for a snapshot that must have a record. record_free() follows in both
 * cases.
 */
int lookup_record(const char *text, struct record *record);

/*
 * Whether the kernel has the snapshot; also true if that cannot be determined, and false without
 * the module. The kernel is asked on each call. A caller that has seen the record or a storage file
 * of the snapshot before can rely on false: the snapshot will not come back.
 */
bool lookup_in_kernel(const struct blksnap_id *id);

#endif
