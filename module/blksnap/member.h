/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device of a snapshot, and its relation to the storage of the snapshot. Unless stated otherwise, the
 * caller holds the snapshot's lock, or is the task that takes the snapshot; and it has the device
 * open, or holds take_lock.
 */
#ifndef BLKSNAP_MEMBER_H
#define BLKSNAP_MEMBER_H

#include <linux/list.h>
#include "diff_storage.h"
#include "snapimage.h"
#include "tracker.h"

/**
 * struct member - a device of a snapshot
 * @link: in &snapshot.members
 * @tracker: the tracked device, claimed
 * @file: keeps the device open from the take on, so that its driver waits for our I/O
 * @bdev: the device, from the take on
 * @area: its copy-on-write, from the take on
 * @image: its image, from the take on
 * @error: why the image was lost; set when the snapshot is destroyed
 */
struct member {
	struct list_head link;
	struct tracker *tracker;
	struct compat_bdev_file *file;
	struct block_device *bdev;
	struct diff_area *area;
	struct snapimage *image;
	int error;
};

/**
 * member_overlap - compute which sectors of a member a range of the storage overlaps
 * @member: the member
 * @range: the range
 * @sector: set to the first sector, relative to the member
 * @count: set to the number of sectors
 *
 * Return: false if there are none.
 */
bool member_overlap(const struct member *member, const struct diff_range *range,
		    sector_t *sector, sector_t *count);

/* member_is_aligned - tell whether the blocks of an overlapping range are blocks of the member */
bool member_is_aligned(const struct member *member, const struct diff_range *range);

/**
 * member_check_device - check whether a device can provide storage for another one
 * @bdev: the device with the storage, open
 * @origin: the snapshotted device, open
 *
 * Context: may sleep, and opens devices; none of our locks held.
 * Return: 0, or -EINVAL after a message in the log.
 */
int member_check_device(struct block_device *bdev, struct block_device *origin);

/**
 * member_check - check whether all changes of a member are seen from now on
 * @member: the member, open
 *
 * Begins a new generation if some changes may have been missed so far.
 *
 * Context: may sleep until passthrough commands have completed; none of our locks held.
 * Return: 0; -EOPNOTSUPP or -EBUSY after a message in the log; -ENOMEM.
 */
int member_check(const struct member *member);

/**
 * member_check_range - check whether a range can be storage of a member's image
 * @member: the member
 * @range: the range
 *
 * Allocates the records that member_use_range() needs.
 *
 * Return: 0; -EINVAL after a message in the log; -ENOMEM.
 */
int member_check_range(const struct member *member, const struct diff_range *range);

/**
 * member_use_range - make a range that is storage read as zeros in the member's image
 * @member: the member
 * @range: the range, for which member_check_range() succeeded
 *
 * Also marks its sectors as changed.
 *
 * Return: 0.
 */
int member_use_range(const struct member *member, const struct diff_range *range);

/**
 * member_prepare - allocate what a member needs for a take
 * @member: the member, open and checked
 * @id: id of the snapshot
 * @storage: storage of the snapshot; its ranges are checked and used
 *
 * Context: may sleep; nothing is frozen.
 * Return: 0 or a negative errno. On an error, what was allocated belongs to the member.
 */
int member_prepare(struct member *member, const struct blksnap_uuid *id,
		   struct diff_storage *storage);

#endif /* BLKSNAP_MEMBER_H */
