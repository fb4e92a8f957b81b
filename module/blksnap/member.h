/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A device of a snapshot, and how the snapshot's storage lies to it. All is called by the
 * owner of the snapshot, with its lock held, and with the device open or under take_lock.
 */
#ifndef BLKSNAP_MEMBER_H
#define BLKSNAP_MEMBER_H

#include <linux/list.h>
#include "diff_storage.h"
#include "snapimage.h"
#include "tracker.h"

/**
 * struct member - a device of a snapshot
 * @link: in snapshot::members
 * @tracker: of the device, claimed
 * @file: keeps the device open, from the take on; it would not wait for our I/O otherwise
 * @bdev: the device; likewise
 * @area: its copy-on-write, from the take on
 * @image: its image, from the take on
 * @error: why that was lost, when the snapshot is being destroyed
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
 * member_overlap - the part of a member that a range of the storage covers
 * @member: the member
 * @range: the range
 * @sector: the first sector on the member
 * @count: how many
 *
 * Return: false if there is none.
 */
bool member_overlap(const struct member *member, const struct diff_range *range,
		    sector_t *sector, sector_t *count);

/* member_is_aligned - whether a range that overlaps a member lies on its grid of blocks */
bool member_is_aligned(const struct member *member, const struct diff_range *range);

/**
 * member_check_device - whether a device can have the storage for another
 * @bdev: the one for the storage, open
 * @origin: the other, open
 *
 * Context: opens devices, so no lock of ours may be held.
 * Return: 0 or -EINVAL, with a line in the log.
 */
int member_check_device(struct block_device *bdev, struct block_device *origin);

/**
 * member_check - whether a member can be taken: all that changes on it from now on is seen
 * @member: the member, open
 *
 * Begins a new generation where some may not have been seen until now. Context: waits for
 * passthrough commands that are under way, so no lock of ours may be held.
 * Return: 0, or -EOPNOTSUPP or -EBUSY with a line in the log, or -ENOMEM.
 */
int member_check(const struct member *member);

/**
 * member_check_range - whether a member's image can have a range as storage
 * @member: the member
 * @range: the range
 *
 * Makes the records that member_use_range() needs. Return: 0, -EINVAL or -ENOMEM.
 */
int member_check_range(const struct member *member, const struct diff_range *range);

/* member_use_range - have a checked range read as zeros in the image, and marked changed. 0. */
int member_use_range(const struct member *member, const struct diff_range *range);

/**
 * member_prepare - make what a member needs for a take
 * @member: the member, open and checked
 * @id: of the snapshot
 * @storage: of the snapshot; the ranges that it has already are checked, and used
 *
 * Context: may sleep, before anything is frozen.
 * Return: 0 or an error; what was made until then belongs to the member.
 */
int member_prepare(struct member *member, const struct blksnap_uuid *id,
		   struct diff_storage *storage);

#endif /* BLKSNAP_MEMBER_H */
