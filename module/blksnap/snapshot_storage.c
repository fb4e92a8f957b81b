// SPDX-License-Identifier: GPL-2.0
/*
 * Appending storage to a snapshot.
 *
 * Ranges are added under storages_lock, which no take waits for. take_lock keeps the device of a member
 * from being removed while it is examined. A take may wait for that lock with file systems frozen.
 * So it is held for a piece of a range at a time, and nothing that is done with it held may wait for a
 * file system: memory is allocated with memalloc_noio_save().
 */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "snapshot_internal.h"

/* Blocks of storage that are examined with take_lock held: 1 GiB. */
#define PIECE_BLOCKS	(1U << 18)

/*
 * Check whether a device can provide storage for all members, and set *@checked to their number.
 * Opens the members, so no lock is held.
 */
static int check_storage_of_all(struct snapshot *snapshot, struct block_device *bdev,
				unsigned int *checked)
{
	struct compat_bdev_file *file;
	struct member *member;
	unsigned int i = 0, count;
	dev_t *devs;
	int ret = 0;

	idle_mutex_lock(&snapshot->lock);
	*checked = count = snapshot->nr_members;
	devs = kcalloc(count + 1, sizeof(*devs), GFP_KERNEL);
	if (devs)
		list_for_each_entry(member, &snapshot->members, link)
			devs[i++] = member->tracker->dev;
	mutex_unlock(&snapshot->lock);
	if (!devs)
		return -ENOMEM;
	for (i = 0; i < count && !ret; i++) {
		file = compat_bdev_open_dev(devs[i]);
		if (IS_ERR(file))
			continue; /* removed, and its image is lost */
		ret = member_check_device(bdev, compat_bdev_of(file));
		compat_bdev_close(file);
	}
	kfree(devs);
	return ret;
}

/* Cut a range down to whole blocks, which are blocks of the members too that it overlaps. */
static void trim_range(struct snapshot *snapshot, struct diff_range *range, sector_t count)
{
	struct member *member;
	sector_t sector, overlapping, cut = 0;

	range->count = count / DIFF_BLOCK_SECTORS;
	idle_mutex_lock(&take_lock);
	list_for_each_entry(member, &snapshot->members, link) {
		if (member->tracker->removed || !member_overlap(member, range, &sector, &overlapping))
			continue;
		while (cut < count && !member_is_aligned(member, range)) {
			range->sector++;
			cut++;
		}
	}
	mutex_unlock(&take_lock);
	range->count = (count - cut) / DIFF_BLOCK_SECTORS;
}

typedef int range_fn_t(const struct member *member, const struct diff_range *range);

/* Call a function for all members and all ranges, a piece at a time, until it fails. */
static int call_for_pieces(struct snapshot *snapshot, const struct diff_range *ranges,
			   unsigned int count, range_fn_t *function)
{
	struct diff_range piece;
	struct member *member;
	unsigned int i, noio;
	u32 left;
	int ret = 0;

	list_for_each_entry(member, &snapshot->members, link) {
		for (i = 0; i < count; i++) {
			piece = ranges[i];
			for (left = piece.count; left && !ret; left -= piece.count) {
				piece.count = min(left, PIECE_BLOCKS);
				idle_mutex_lock(&take_lock);
				noio = memalloc_noio_save();
				if (!member->tracker->removed)
					ret = function(member, &piece);
				memalloc_noio_restore(noio);
				mutex_unlock(&take_lock);
				piece.sector += (sector_t)piece.count * DIFF_BLOCK_SECTORS;
			}
		}
	}
	return ret;
}

/* Check all ranges against the members, and add them to the storage. */
static int add_ranges(struct snapshot *snapshot, struct diff_range *ranges, unsigned int count)
{
	int ret = call_for_pieces(snapshot, ranges, count, member_check_range);

	if (ret)
		return ret;
	idle_mutex_lock(&storages_lock);
	ret = diff_storage_reserve(&snapshot->storage, ranges, count);
	if (!ret) {
		call_for_pieces(snapshot, ranges, count, member_use_range);
		diff_storage_append(&snapshot->storage, ranges, count);
	}
	mutex_unlock(&storages_lock);
	return ret;
}

/* Make ranges of the sectors that the user passed. Return: number of ranges or a negative errno. */
static int make_ranges(struct snapshot *snapshot, struct block_device *bdev,
		       const struct blksnap_sectors *sectors, unsigned int count,
		       struct diff_range *ranges)
{
	unsigned int i, made = 0;

	for (i = 0; i < count; i++) {
		ranges[made].bdev = bdev;
		ranges[made].sector = sectors[i].offset;
		trim_range(snapshot, &ranges[made], sectors[i].count);
		if (ranges[made].count)
			made++;
	}
	return made ?: -EINVAL;
}

static int check_sectors(struct block_device *bdev, const struct blksnap_sectors *sectors,
			 unsigned int count)
{
	sector_t capacity = bdev_nr_sectors(bdev);
	unsigned int block = bdev_logical_block_size(bdev) >> SECTOR_SHIFT;
	unsigned int i;

	if (bdev_read_only(bdev))
		return -EROFS;
	/* An image as storage would have to store its own changes. */
	if (snapimage_is_image(bdev) || bdev_is_zoned(bdev) || block > DIFF_BLOCK_SECTORS || !count)
		return -EINVAL;
	for (i = 0; i < count; i++)
		if (!sectors[i].count || sectors[i].offset > capacity ||
		    sectors[i].count > capacity - sectors[i].offset ||
		    sectors[i].offset % block || sectors[i].count % block ||
		    sectors[i].count / DIFF_BLOCK_SECTORS > DIFF_STORAGE_MAX)
			return -EINVAL;
	return 0;
}

/* Context: the snapshot's lock. */
static int append_sectors(struct snapshot *snapshot, struct block_device *bdev,
			  const struct blksnap_sectors *sectors, unsigned int count)
{
	struct diff_range *ranges = kvmalloc_array(count, sizeof(*ranges), GFP_KERNEL);
	int ret;

	if (!ranges)
		return -ENOMEM;
	ret = make_ranges(snapshot, bdev, sectors, count, ranges);
	if (ret > 0)
		ret = add_ranges(snapshot, ranges, ret);
	kvfree(ranges);
	return ret;
}

int snapshot_append_storage(const struct blksnap_uuid *id, const char *path,
			    const struct blksnap_sectors *ranges, unsigned int count)
{
	struct diff_device *device;
	struct snapshot *snapshot;
	unsigned int checked;
	int ret;

	device = kzalloc(sizeof(*device), GFP_KERNEL);
	if (!device)
		return -ENOMEM;
	device->file = compat_bdev_open_path(path);
	ret = PTR_ERR_OR_ZERO(device->file);
	if (ret)
		goto err_free;
	device->bdev = compat_bdev_of(device->file);
	ret = check_sectors(device->bdev, ranges, count);
	if (ret)
		goto err_close;

	for (;;) {
		snapshot = snapshot_find(id);
		ret = -ESRCH;
		if (!snapshot)
			goto err_close;
		ret = check_storage_of_all(snapshot, device->bdev, &checked);
		snapshot_put(snapshot);
		if (ret)
			goto err_close;

		snapshot = snapshot_find_locked(id, true);
		ret = -ESRCH;
		if (!snapshot)
			goto err_close;
		/* Members that were added meanwhile have to be checked too. */
		if (snapshot->nr_members == checked)
			break;
		snapshot_unlock_put(snapshot);
	}
	ret = append_sectors(snapshot, device->bdev, ranges, count);
	if (!ret)
		list_add_tail(&device->link, &snapshot->storage.devices);
	snapshot_unlock_put(snapshot);
	if (ret)
		goto err_close;
	return 0;

err_close:
	compat_bdev_close(device->file);
err_free:
	kfree(device);
	return ret;
}
