// SPDX-License-Identifier: GPL-2.0
#include "member.h"

bool member_overlap(const struct member *member, const struct diff_range *range,
		    sector_t *sector, sector_t *count)
{
	struct tracker *tracker = member->tracker;
	sector_t start = diff_range_start(range);
	sector_t end = start + (sector_t)range->count * DIFF_BLOCK_SECTORS;
	sector_t first = compat_part_start(tracker->part);
	sector_t last = first + compat_part_sectors(tracker->part);

	if (range->bdev->bd_disk != tracker->disk || start >= last || end <= first)
		return false;
	*sector = max(start, first) - first;
	*count = min(end, last) - first - *sector;
	return true;
}

bool member_is_aligned(const struct member *member, const struct diff_range *range)
{
	sector_t start = diff_range_start(range);

	return !((start - compat_part_start(member->tracker->part)) % DIFF_BLOCK_SECTORS);
}

int member_check_device(struct block_device *bdev, struct block_device *origin)
{
	int ret;

	if (bdev_logical_block_size(bdev) > bdev_logical_block_size(origin)) {
		pr_err("%pg: its logical blocks are too large for storage of %pg\n", bdev, origin);
		return -EINVAL;
	}
	ret = blkfilter_is_stacked_on(bdev, origin);
	if (ret > 0)
		pr_err("%pg: is stacked on %pg, of which it is to store the differences\n", bdev, origin);
	else if (ret)
		pr_err("%pg: it cannot be told whether it is stacked on %pg, of which it is to store the differences (error %d)\n",
		       bdev, origin, ret);
	return ret ? -EINVAL : 0;
}

/* The take fails if passthrough commands take longer. */
#define PASSTHROUGH_TIMEOUT	(10 * HZ)

int member_check(const struct member *member)
{
	struct tracker *tracker = member->tracker;
	const char *reason;
	int ret;

	/*
	 * The order matters. A change without a bio that began before the map was renewed has ended
	 * when this returns: commands are waited for, and device mapper waits for its requests before
	 * it releases a path. A change that begins later makes the tracker stale, and tracker_start()
	 * sees that.
	 */
	ret = tracker_renew_map(tracker, true);
	if (ret)
		return ret;
	ret = blkfilter_drain_passthrough(member->bdev, PASSTHROUGH_TIMEOUT);
	if (ret == -EBUSY)
		pr_err("%pg: no snapshot can be taken: a command that may change it is still executing (SG_IO, NVMe passthrough)\n",
		       member->bdev);
	if (ret)
		return ret;
	reason = blkfilter_refusal(member->bdev);
	if (!reason)
		return 0;
	pr_err("%pg: no snapshot can be taken: %s\n", member->bdev, reason);
	rcu_read_lock();
	tracker_changed(&tracker->filter);
	rcu_read_unlock();
	return -EOPNOTSUPP;
}

int member_check_range(const struct member *member, const struct diff_range *range)
{
	sector_t sector, count;

	if (!member_overlap(member, range, &sector, &count))
		return 0;
	if (!member_is_aligned(member, range)) {
		pr_err("%pg: blocks of the storage do not coincide with those of %s\n",
		       range->bdev, dev_name(compat_part_device(member->tracker->part)));
		return -EINVAL;
	}
	return member->area ? diff_area_prepare_storage(member->area, sector, count) : 0;
}

int member_use_range(const struct member *member, const struct diff_range *range)
{
	sector_t sector, count;

	if (!member_overlap(member, range, &sector, &count))
		return 0;
	tracker_mark(member->tracker, sector, count, member->area);
	if (member->area)
		diff_area_use_as_storage(member->area, sector, count);
	return 0;
}

int member_prepare(struct member *member, const struct blksnap_uuid *id,
		   struct diff_storage *storage)
{
	unsigned int i;
	int ret;

	member->area = diff_area_new(member->bdev, storage);
	if (IS_ERR(member->area)) {
		ret = PTR_ERR(member->area);
		member->area = NULL;
		return ret;
	}
	member->image = snapimage_new(id, member->tracker, member->area);
	if (IS_ERR(member->image)) {
		ret = PTR_ERR(member->image);
		member->image = NULL;
		return ret;
	}
	for (i = 0; i < storage->nr_ranges; i++) {
		ret = member_check_range(member, &storage->ranges[i]);
		if (ret)
			return ret;
		member_use_range(member, &storage->ranges[i]);
	}
	return tracker_prepare(member->tracker);
}
