/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Snapshots: the devices, the storage and the images of one instant. The functions implement the ioctls
 * of the same names, which <uapi/linux/blksnap.h> specifies. All may sleep.
 */
#ifndef BLKSNAP_SNAPSHOT_H
#define BLKSNAP_SNAPSHOT_H

#include <linux/types.h>
#include <uapi/linux/blksnap.h>

struct tracker;

/* snapshot.c */
int snapshot_create(struct blksnap_uuid *id);
int snapshot_add_device(const struct blksnap_uuid *id, struct tracker *tracker);
int snapshot_destroy(const struct blksnap_uuid *id);
int snapshot_wait_event(const struct blksnap_uuid *id, unsigned int timeout_ms,
			struct blksnap_snapshot_event *event);

/**
 * snapshot_collect - get the ids of all snapshots
 * @ids: filled in
 * @count: number of ids that @ids has room for
 *
 * Return: number of snapshots. If it is more than @count, @ids is incomplete.
 */
unsigned int snapshot_collect(struct blksnap_uuid *ids, unsigned int count);

/**
 * snapshot_info - describe the image of a device
 * @tracker: the device
 * @info: filled in; without an image if no snapshot of the device is held
 */
void snapshot_info(struct tracker *tracker, struct blksnap_snapshotinfo *info);

/* snapshot_any_taken - tell whether a snapshot was taken, or is being taken */
bool snapshot_any_taken(void);

/* snapshot_destroy_all - destroy all snapshots, at the exit of the module */
void snapshot_destroy_all(void);

/* snapshot_storage.c */
int snapshot_append_storage(const struct blksnap_uuid *id, const char *path,
			    const struct blksnap_sectors *ranges, unsigned int count);

/* snapshot_take.c */
int snapshot_take(const struct blksnap_uuid *id);

#endif /* BLKSNAP_SNAPSHOT_H */
