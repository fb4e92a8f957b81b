/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The only road to the kernel: one function for each command of <linux/blksnap.h> and
 * <linux/blk-filter.h>. All return 0 or a negative errno unless stated; none prints.
 */
#ifndef BLKSNAP_KERNEL_H
#define BLKSNAP_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#include <linux/blk-filter.h>
#include <linux/blksnap.h>

#define KERNEL_CONTROL_PATH	"/dev/" BLKSNAP_CTL

/* More ranges than this are handed over in several calls. */
#define KERNEL_RANGES_AT_ONCE	65536

/* A descriptor or a negative errno. What is no block device gives -ENOTBLK. */
int kernel_open_control(void);
int kernel_open_device(const char *path);

int kernel_attach(int device);
int kernel_detach(int device);
int kernel_cbtinfo(int device, struct blksnap_cbtinfo *info);

/* The number of bytes copied, which is 0 at the end of the map, or a negative errno. */
int kernel_cbtmap(int device, uint32_t offset, uint8_t *buffer, uint32_t length);

/*
 * Several calls may be needed for many ranges. When one fails, the ranges of those before
 * it stay marked or appended.
 */
int kernel_cbtdirty(int device, const struct blksnap_sectors *ranges, size_t count);
int kernel_append_storage(int control, const struct blksnap_uuid *id, const char *path,
			  const struct blksnap_sectors *ranges, size_t count);

int kernel_snapshotadd(int device, const struct blksnap_uuid *id);
int kernel_snapshotinfo(int device, struct blksnap_snapshotinfo *info);

int kernel_version(int control, struct blksnap_version *version);
int kernel_create(int control, struct blksnap_uuid *id);
int kernel_destroy(int control, const struct blksnap_uuid *id);
int kernel_take(int control, const struct blksnap_uuid *id);

/* On success *ids is an array of *count names to be freed, or NULL if there is none. */
int kernel_collect(int control, struct blksnap_uuid **ids, size_t *count);

/* -ENOENT when the time is over, -EINTR after a signal, -ESRCH when the snapshot is gone. */
int kernel_wait_event(int control, const struct blksnap_uuid *id, uint32_t timeout_ms,
		      struct blksnap_snapshot_event *event);

#endif
