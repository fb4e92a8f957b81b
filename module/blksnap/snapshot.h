/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Snapshots: devices, storage and images that belong together. The functions do what the
 * ioctls of the same names are documented to do in <uapi/linux/blksnap.h>; all may sleep.
 */
#ifndef BLKSNAP_SNAPSHOT_H
#define BLKSNAP_SNAPSHOT_H

#include <linux/types.h>
#include <uapi/linux/blksnap.h>

struct tracker;

int snapshot_create(struct blksnap_uuid *id);
int snapshot_add_device(const struct blksnap_uuid *id, struct tracker *tracker);
int snapshot_append_storage(const struct blksnap_uuid *id, const char *path,
			    const struct blksnap_sectors *ranges, unsigned int count);
int snapshot_take(const struct blksnap_uuid *id);
int snapshot_destroy(const struct blksnap_uuid *id);
int snapshot_wait_event(const struct blksnap_uuid *id, unsigned int timeout_ms,
			struct blksnap_snapshot_event *event);

/**
 * snapshot_collect - the ids of all snapshots
 * @ids: filled in
 * @count: how many @ids has room for
 *
 * Return: how many there are; with more than @count, @ids is undefined.
 */
unsigned int snapshot_collect(struct blksnap_uuid *ids, unsigned int count);

/* snapshot_info - what a device's snapshot says of it; an empty one if it is in none */
void snapshot_info(struct tracker *tracker, struct blksnap_snapshotinfo *info);

/* snapshot_any - whether there is one that was taken */
bool snapshot_any_taken(void);

/* snapshot_destroy_all - at the end of the module */
void snapshot_destroy_all(void);

#endif /* BLKSNAP_SNAPSHOT_H */
