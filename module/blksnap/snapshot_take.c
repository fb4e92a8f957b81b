// SPDX-License-Identifier: GPL-2.0
/*
 * Taking a snapshot.
 *
 * Everything that allocates memory comes first. Then: freeze, quiesce, switch, resume, thaw. What takes
 * long follows after that; see "The take" in docs/design.md. Upper devices of a stack come before the
 * devices that they are stacked on, for freezing as for quiescing.
 */
#include <linux/ktime.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include "freeze.h"
#include "snapshot_internal.h"

/* Writing out dirty data to a slow disk takes long. */
#define FREEZE_TIMEOUT	(60 * HZ)
/* Writes are held as long. */
#define QUIESCE_TIMEOUT	(10 * HZ)

/* Open all members. Return: 0, -ENODEV if a device is not the one that was attached, or an error. */
static int open_members(struct snapshot *snapshot, struct freezer *freezer)
{
	struct member *member;

	list_for_each_entry(member, &snapshot->members, link) {
		struct compat_bdev_file *file = compat_bdev_open_dev(member->tracker->dev);

		if (IS_ERR(file))
			return PTR_ERR(file);
		member->file = file;
		member->bdev = freezer_add(freezer, member->tracker->dev);
		if (IS_ERR(member->bdev))
			return PTR_ERR(member->bdev);
		if (compat_part_of(member->bdev) != member->tracker->part ||
		    member->bdev != compat_bdev_of(file))
			return -ENODEV;
	}
	return 0;
}

/* Whether another member is stacked on this one. Return: 1, 0 or a negative errno. */
static int has_upper(struct member *member, struct member **members, unsigned int count)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < count && !ret; i++) {
		if (members[i] == member)
			continue;
		ret = blkfilter_is_stacked_on(members[i]->bdev, member->bdev);
		if (ret < 0)
			pr_err("%pg: no snapshot can be taken together with %pg: it cannot be told which is stacked on which (error %d)\n",
			       member->bdev, members[i]->bdev, ret);
	}
	return ret < 0 ? -EOPNOTSUPP : ret;
}

/*
 * order_members - sort the members into layers, upper devices first
 *
 * Devices of one layer are not stacked on each other. Finding that out opens devices. So the snapshot's
 * lock is taken only to change the list, which nobody else does while the snapshot is TAKING.
 */
static int order_members(struct snapshot *snapshot, struct freezer *freezer)
{
	unsigned int i, lower, count = 0, layer = 0;
	struct member *member, **members;
	int ret = 0;

	members = kcalloc(snapshot->nr_members, sizeof(*members), GFP_KERNEL);
	if (!members)
		return -ENOMEM;
	list_for_each_entry(member, &snapshot->members, link)
		members[count++] = member;
	for (; count; count = lower, layer++) {
		/* Gather those of lower layers in front. */
		for (i = 0, lower = 0; i < count; i++) {
			ret = has_upper(members[i], members, count);
			if (ret < 0)
				goto out;
			if (ret) {
				swap(members[lower], members[i]);
				lower++;
			}
		}
		if (lower == count) {
			pr_err("%pg: no snapshot can be taken: it is stacked on itself\n",
			       members[0]->bdev);
			ret = -EOPNOTSUPP;
			goto out;
		}
		idle_mutex_lock(&snapshot->lock);
		for (i = lower; i < count; i++) {
			freezer_set_layer(freezer, members[i]->bdev, layer);
			list_move_tail(&members[i]->link, &snapshot->members);
		}
		mutex_unlock(&snapshot->lock);
	}
	ret = 0;
out:
	kfree(members);
	return ret;
}

/*
 * Check the devices of the storage once more. One may have been stacked on a member since it was
 * appended, and members may have been added. What is appended from now on is checked against all
 * members.
 */
static int recheck_storage(struct snapshot *snapshot)
{
	struct block_device **bdevs = NULL;
	unsigned int i, count = 0;
	struct diff_device *device;
	struct member *member;
	int ret = 0;

	idle_mutex_lock(&snapshot->lock);
	list_for_each_entry(device, &snapshot->storage.devices, link)
		count++;
	bdevs = kvcalloc(count + 1, sizeof(*bdevs), GFP_KERNEL);
	count = 0;
	if (bdevs)
		list_for_each_entry(device, &snapshot->storage.devices, link)
			bdevs[count++] = device->bdev;
	mutex_unlock(&snapshot->lock);
	if (!bdevs)
		return -ENOMEM;
	/* A device occurs once for each call that appended storage on it; check it once. */
	for (i = 0; i < count && !ret; i++)
		if (!i || bdevs[i] != bdevs[i - 1])
			list_for_each_entry(member, &snapshot->members, link)
				ret = ret ?: member_check_device(bdevs[i], member->bdev);
	kvfree(bdevs);
	return ret;
}

/* Check whether a snapshot of the members can be taken with the storage. No lock is held. */
static int check_all(struct snapshot *snapshot, struct freezer *freezer)
{
	struct member *member;
	int ret;

	list_for_each_entry(member, &snapshot->members, link) {
		ret = member_check(member);
		if (ret)
			return ret;
	}
	return order_members(snapshot, freezer) ?: recheck_storage(snapshot);
}

/* The instant of the snapshot. Called with all file systems frozen. */
static int quiesce_and_switch(struct snapshot *snapshot, struct blkfilter **filters, s64 *window)
{
	struct member *member;
	unsigned int count = 0, noio;
	ktime_t start;
	int ret = 0;

	idle_mutex_lock(&take_lock);
	noio = memalloc_noio_save();
	list_for_each_entry(member, &snapshot->members, link) {
		filters[count++] = &member->tracker->filter;
		if (member->tracker->removed)
			ret = -ENODEV;
	}
	start = ktime_get();
	if (!ret)
		ret = blkfilter_quiesce(filters, count, QUIESCE_TIMEOUT);
	if (!ret) {
		list_for_each_entry(member, &snapshot->members, link)
			tracker_start(member->tracker, member->area);
		blkfilter_resume(filters, count);
	}
	*window = ktime_us_delta(ktime_get(), start);
	memalloc_noio_restore(noio);
	mutex_unlock(&take_lock);
	return ret;
}

/* Freeze the file systems, take the instant, thaw. */
static int take_instant(struct snapshot *snapshot, struct freezer *freezer)
{
	struct blkfilter **filters = kcalloc(snapshot->nr_members, sizeof(*filters), GFP_KERNEL);
	s64 window = 0, frozen;
	int ret;

	if (!filters)
		return -ENOMEM;
	ret = freezer_freeze(freezer, FREEZE_TIMEOUT);
	if (ret)
		goto out;
	ret = quiesce_and_switch(snapshot, filters, &window);
	frozen = freezer_thaw(freezer);
	if (!ret)
		pr_info("snapshot %pUb taken of %u devices: writes held for %lld us, file systems frozen for %lld us\n",
			snapshot->id.b, snapshot->nr_members, window, frozen);
out:
	kfree(filters);
	return ret;
}

/* Add the block devices of the images. */
static int show_images(struct snapshot *snapshot)
{
	struct diff_storage *storage = &snapshot->storage;
	sector_t sector, count;
	struct member *member;
	unsigned int i;
	int ret;

	/* This image reads storage as zeros, the next one its content: that is a change too. */
	idle_mutex_lock(&snapshot->lock);
	list_for_each_entry(member, &snapshot->members, link)
		for (i = 0; i < storage->nr_ranges; i++)
			if (member_overlap(member, &storage->ranges[i], &sector, &count))
				tracker_mark(member->tracker, sector, count, false);
	mutex_unlock(&snapshot->lock);
	list_for_each_entry(member, &snapshot->members, link) {
		ret = snapimage_show(member->image);
		if (ret)
			return ret;
	}
	return 0;
}

static int take_snapshot(struct snapshot *snapshot)
{
	struct freezer *freezer = freezer_new();
	struct member *member;
	int ret;

	if (!freezer)
		return -ENOMEM;
	ret = open_members(snapshot, freezer);
	if (ret)
		goto out_drop;

	ret = check_all(snapshot, freezer);
	if (ret)
		goto out_drop;

	idle_mutex_lock(&snapshot->lock);
	list_for_each_entry(member, &snapshot->members, link) {
		ret = member_prepare(member, &snapshot->id, &snapshot->storage);
		if (ret)
			break;
	}
	mutex_unlock(&snapshot->lock);

	ret = ret ?: take_instant(snapshot, freezer);
	list_for_each_entry(member, &snapshot->members, link)
		tracker_finish_take(member->tracker);
	ret = ret ?: show_images(snapshot);
out_drop:
	if (ret)
		snapshot_drop_members(snapshot);
	freezer_free(freezer);
	return ret;
}

int snapshot_take(const struct blksnap_uuid *id)
{
	struct snapshot *snapshot = snapshot_find_locked(id, true);
	int ret = 0;

	if (!snapshot)
		return -ESRCH;
	if (snapshot->state != SNAPSHOT_NEW)
		ret = -EALREADY;
	else if (!snapshot->nr_members)
		ret = -ENODEV;
	else
		snapshot_set_state(snapshot, SNAPSHOT_TAKING);
	mutex_unlock(&snapshot->lock);
	if (!ret) {
		ret = take_snapshot(snapshot);
		idle_mutex_lock(&snapshot->lock);
		snapshot_set_state(snapshot, ret ? SNAPSHOT_NEW : SNAPSHOT_TAKEN);
		mutex_unlock(&snapshot->lock);
	}
	snapshot_put(snapshot);
	return ret;
}
