// SPDX-License-Identifier: GPL-2.0
/*
 * States of a snapshot, changed under its lock:
 *
 *	NEW -> TAKING -> TAKEN		snapshot_take(); back to NEW if it fails
 *	NEW, TAKEN -> GONE		snapshot_destroy()
 *
 * While it is TAKING or GONE, whoever brought it there works on it without the lock, so
 * that block devices are opened, closed, frozen, made and removed with no lock of ours
 * held (a partition may be removed at the same time, which comes with the disk's own
 * lock and waits for ours). Others may then append storage (TAKING), and nothing else.
 *
 * Locks, outermost first: attachment->op_lock (of the core), snapshot->lock,
 * snapshots_lock; snapshot->lock, storages_lock, then those of tracker.c from take_lock on.
 *
 * The take, as design.md has it: everything that allocates comes first; then freeze, park,
 * switch, release, thaw; then what may take its time. Upper devices come before those they
 * lie on, for freezing as for parking.
 */
#include <linux/ktime.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uuid.h>
#include "../idle.h"
#include "freeze.h"
#include "member.h"
#include "snapshot.h"

/* Writing out much dirty data to a slow disk takes its time. */
#define FREEZE_TIMEOUT	(60 * HZ)
/* Writes wait as long. */
#define QUIESCE_TIMEOUT	(10 * HZ)

enum snapshot_state {
	SNAPSHOT_NEW,
	SNAPSHOT_TAKING,
	SNAPSHOT_TAKEN,
	SNAPSHOT_GONE,
};

/**
 * struct snapshot - a snapshot
 * @link: in the list of all; under snapshots_lock
 * @ref: one for the list, one for each call that uses it
 * @id: identifies it
 * @lock: protects what follows
 * @state: see above
 * @members: struct member
 * @nr_members: their number
 * @storage: shared by all of them
 * @gone: completed when nothing of it is left
 */
struct snapshot {
	struct list_head link;
	struct kref ref;
	struct blksnap_uuid id;
	struct mutex lock;
	enum snapshot_state state;
	struct list_head members;
	unsigned int nr_members;
	struct diff_storage storage;
	struct completion gone;
};

static DEFINE_MUTEX(snapshots_lock);
static LIST_HEAD(snapshots);

static void free_snapshot(struct kref *ref)
{
	struct snapshot *snapshot = container_of(ref, struct snapshot, ref);

	diff_storage_exit(&snapshot->storage);
	kfree(snapshot);
}

/* Called with the lock held; snapshot_any_taken() looks without it. */
static void set_state(struct snapshot *snapshot, enum snapshot_state state)
{
	WRITE_ONCE(snapshot->state, state);
}

static void put(struct snapshot *snapshot)
{
	kref_put(&snapshot->ref, free_snapshot);
}

/* The snapshot with an id, and a reference to it; or NULL. */
static struct snapshot *find(const struct blksnap_uuid *id)
{
	struct snapshot *snapshot, *found = NULL;

	mutex_lock(&snapshots_lock);
	list_for_each_entry(snapshot, &snapshots, link)
		if (!memcmp(&snapshot->id, id, sizeof(*id)))
			found = snapshot;
	if (found)
		kref_get(&found->ref);
	mutex_unlock(&snapshots_lock);
	return found;
}

/*
 * The same, with its lock held. To be told that a snapshot does not exist means that its
 * storage is free: while it is being destroyed that has to be waited for, unless the caller
 * has a lock which that may need.
 */
static struct snapshot *find_and_lock(const struct blksnap_uuid *id, bool wait)
{
	struct snapshot *snapshot = find(id);

	if (!snapshot)
		return NULL;
	idle_mutex_lock(&snapshot->lock);
	if (snapshot->state != SNAPSHOT_GONE)
		return snapshot;
	mutex_unlock(&snapshot->lock);
	if (wait)
		idle_wait_for_completion(&snapshot->gone);
	put(snapshot);
	return NULL;
}

static void unlock_and_put(struct snapshot *snapshot)
{
	mutex_unlock(&snapshot->lock);
	put(snapshot);
}

int snapshot_create(struct blksnap_uuid *id)
{
	struct snapshot *snapshot = kzalloc(sizeof(*snapshot), GFP_KERNEL);

	if (!snapshot)
		return -ENOMEM;
	kref_init(&snapshot->ref);
	mutex_init(&snapshot->lock);
	INIT_LIST_HEAD(&snapshot->members);
	diff_storage_init(&snapshot->storage);
	init_completion(&snapshot->gone);
	generate_random_uuid(snapshot->id.b);
	*id = snapshot->id;
	mutex_lock(&snapshots_lock);
	list_add_tail(&snapshot->link, &snapshots);
	mutex_unlock(&snapshots_lock);
	return 0;
}

int snapshot_add_device(const struct blksnap_uuid *id, struct tracker *tracker)
{
	struct snapshot *snapshot = find_and_lock(id, false);
	struct member *member;
	int ret;

	if (!snapshot)
		return -ESRCH;
	member = kzalloc(sizeof(*member), GFP_KERNEL);
	if (!member)
		ret = -ENOMEM;
	else if (snapshot->state == SNAPSHOT_NEW)
		ret = tracker_claim(tracker, snapshot);
	else
		ret = READ_ONCE(tracker->snapshot) == snapshot ? -EALREADY : -EBUSY;
	if (ret) {
		kfree(member);
	} else {
		member->tracker = tracker;
		list_add_tail(&member->link, &snapshot->members);
		snapshot->nr_members++;
	}
	unlock_and_put(snapshot);
	return ret;
}

/*
 * Storage
 *
 * Ranges are added under storages_lock, which no take waits for. To look at the device of a
 * member, take_lock keeps it from going. Since somebody else may wait for that lock with
 * frozen file systems, it is held for a piece of a range at a time, and nothing done with it
 * held may wait for a file system: memory is allocated with memalloc_noio_save().
 */

/* Blocks of storage that are looked at in one go. */
#define PIECE_BLOCKS	(1U << 18)

/* member_check_device() for all *@checked members, which are opened for that, with no lock held. */
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
			continue; /* it is gone, and its image with it */
		ret = member_check_device(bdev, compat_bdev_of(file));
		compat_bdev_close(file);
	}
	kfree(devs);
	return ret;
}

/* trim_range - cut a range down to whole blocks, on the members' grid where it lies on one */
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

/* on_all_pieces - call a function for all members and all that is given, until it fails */
static int on_all_pieces(struct snapshot *snapshot, const struct diff_range *ranges,
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

/* take_ranges - check ranges against the members, and take them into use. All or none. */
static int take_ranges(struct snapshot *snapshot, struct diff_range *ranges, unsigned int count)
{
	int ret = on_all_pieces(snapshot, ranges, count, member_check_range);

	if (ret)
		return ret;
	idle_mutex_lock(&storages_lock);
	ret = diff_storage_reserve(&snapshot->storage, ranges, count);
	if (!ret) {
		on_all_pieces(snapshot, ranges, count, member_use_range);
		diff_storage_append(&snapshot->storage, ranges, count);
	}
	mutex_unlock(&storages_lock);
	return ret;
}

/* make_ranges - from what the user gave, as sectors of the device. Return: their number. */
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
	/* An image as storage would store its own changes. */
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

/* Called with the snapshot's lock held. */
static int append(struct snapshot *snapshot, struct block_device *bdev,
		  const struct blksnap_sectors *sectors, unsigned int count)
{
	struct diff_range *ranges = kvmalloc_array(count, sizeof(*ranges), GFP_KERNEL);
	int ret;

	if (!ranges)
		return -ENOMEM;
	ret = make_ranges(snapshot, bdev, sectors, count, ranges);
	if (ret > 0)
		ret = take_ranges(snapshot, ranges, ret);
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
		snapshot = find(id);
		ret = -ESRCH;
		if (!snapshot)
			goto err_close;
		ret = check_storage_of_all(snapshot, device->bdev, &checked);
		put(snapshot);
		if (ret)
			goto err_close;

		snapshot = find_and_lock(id, true);
		ret = -ESRCH;
		if (!snapshot)
			goto err_close;
		/* Those that were added in between have to be checked, too. */
		if (snapshot->nr_members == checked)
			break;
		unlock_and_put(snapshot);
	}
	ret = append(snapshot, device->bdev, ranges, count);
	if (!ret)
		list_add_tail(&device->link, &snapshot->storage.devices);
	unlock_and_put(snapshot);
	if (ret)
		goto err_close;
	return 0;

err_close:
	compat_bdev_close(device->file);
err_free:
	kfree(device);
	return ret;
}

/*
 * Take
 */

/* open_members - Return: 0, or -ENODEV if a device is not the one it was. */
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

/* has_upper - whether another member is stacked on this one: 1, 0 or an error */
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
 * order_members - upper devices first; those of one layer are not stacked on each other
 *
 * Finding out opens devices, so the snapshot's lock is taken only to change the list, which nobody
 * else does while the snapshot is TAKING.
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
		/* Those of lower layers are gathered in front. */
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
 * Devices of the storage may have been put on a member since they were given, and members have been
 * added. Those that are given from now on are checked against all members.
 */
static int check_storage_again(struct snapshot *snapshot)
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
	/* Given many times, by file, but most often one device. */
	for (i = 0; i < count && !ret; i++)
		if (!i || bdevs[i] != bdevs[i - 1])
			list_for_each_entry(member, &snapshot->members, link)
				ret = ret ?: member_check_device(bdevs[i], member->bdev);
	kvfree(bdevs);
	return ret;
}

/* Whether members and storage are such that a snapshot can be taken. With no lock held. */
static int check_all(struct snapshot *snapshot, struct freezer *freezer)
{
	struct member *member;
	int ret;

	list_for_each_entry(member, &snapshot->members, link) {
		ret = member_check(member);
		if (ret)
			return ret;
	}
	return order_members(snapshot, freezer) ?: check_storage_again(snapshot);
}

/* The instant. Called with all file systems frozen. */
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

/* Freezes, takes, thaws. */
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

/* Makes the block devices. */
static int finish_members(struct snapshot *snapshot)
{
	struct diff_storage *storage = &snapshot->storage;
	sector_t sector, count;
	struct member *member;
	unsigned int i;
	int ret;

	/* The next image shows what is there, this one zeros: that is a change, too. */
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

/* Takes away what a take made, in whatever state. */
static void drop_members(struct snapshot *snapshot)
{
	struct member *member;

	list_for_each_entry(member, &snapshot->members, link)
		if (member->area)
			diff_area_fail(member->area, -ESHUTDOWN);
	list_for_each_entry(member, &snapshot->members, link) {
		tracker_stop(member->tracker);
		if (member->image)
			snapimage_free(member->image);
		member->image = NULL;
	}
	list_for_each_entry(member, &snapshot->members, link) {
		struct compat_bdev_file *file = member->file;
		struct diff_area *area;

		idle_mutex_lock(&snapshot->lock);
		area = member->area;
		member->area = NULL;
		member->bdev = NULL;
		member->file = NULL;
		mutex_unlock(&snapshot->lock);
		if (area)
			diff_area_free(area);
		if (file)
			compat_bdev_close(file);
	}
}

static int take(struct snapshot *snapshot)
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
	ret = ret ?: finish_members(snapshot);
out_drop:
	if (ret)
		drop_members(snapshot);
	freezer_free(freezer);
	return ret;
}

int snapshot_take(const struct blksnap_uuid *id)
{
	struct snapshot *snapshot = find_and_lock(id, true);
	int ret = 0;

	if (!snapshot)
		return -ESRCH;
	if (snapshot->state != SNAPSHOT_NEW)
		ret = -EALREADY;
	else if (!snapshot->nr_members)
		ret = -ENODEV;
	else
		set_state(snapshot, SNAPSHOT_TAKING);
	mutex_unlock(&snapshot->lock);
	if (!ret) {
		ret = take(snapshot);
		idle_mutex_lock(&snapshot->lock);
		set_state(snapshot, ret ? SNAPSHOT_NEW : SNAPSHOT_TAKEN);
		mutex_unlock(&snapshot->lock);
	}
	put(snapshot);
	return ret;
}

/*
 * The end
 */

static void destroy(struct snapshot *snapshot)
{
	struct member *member, *next;
	LIST_HEAD(members);

	list_for_each_entry(member, &snapshot->members, link)
		member->error = member->area ? diff_area_error(member->area) : 0;
	drop_members(snapshot);
	/* Who found the snapshot before it was gone may still look for members. */
	idle_mutex_lock(&snapshot->lock);
	list_splice_init(&snapshot->members, &members);
	snapshot->nr_members = 0;
	mutex_unlock(&snapshot->lock);
	list_for_each_entry_safe(member, next, &members, link) {
		tracker_release(member->tracker, member->error);
		kfree(member);
	}
	diff_storage_close(&snapshot->storage);

	mutex_lock(&snapshots_lock);
	list_del(&snapshot->link);
	mutex_unlock(&snapshots_lock);
	event_queue_close(&snapshot->storage.events);
	complete_all(&snapshot->gone);
	put(snapshot);
}

int snapshot_destroy(const struct blksnap_uuid *id)
{
	struct snapshot *snapshot = find_and_lock(id, true);
	int ret = 0;

	if (!snapshot)
		return -ESRCH;
	if (snapshot->state == SNAPSHOT_TAKING)
		ret = -EBUSY;
	else
		set_state(snapshot, SNAPSHOT_GONE);
	mutex_unlock(&snapshot->lock);
	if (!ret)
		destroy(snapshot);
	put(snapshot);
	return ret;
}

void snapshot_destroy_all(void)
{
	struct snapshot *snapshot;

	/* Nobody can call any more. */
	while ((snapshot = list_first_entry_or_null(&snapshots, struct snapshot, link))) {
		set_state(snapshot, SNAPSHOT_GONE);
		destroy(snapshot);
	}
}

/*
 * Asking
 */

int snapshot_wait_event(const struct blksnap_uuid *id, unsigned int timeout_ms,
			struct blksnap_snapshot_event *event)
{
	struct snapshot *snapshot = find(id);
	int ret;

	if (!snapshot)
		return -ESRCH;
	ret = event_queue_wait(&snapshot->storage.events, timeout_ms, event);
	put(snapshot);
	return ret;
}

unsigned int snapshot_collect(struct blksnap_uuid *ids, unsigned int count)
{
	struct snapshot *snapshot;
	unsigned int n = 0;

	mutex_lock(&snapshots_lock);
	list_for_each_entry(snapshot, &snapshots, link) {
		if (n < count)
			ids[n] = snapshot->id;
		n++;
	}
	mutex_unlock(&snapshots_lock);
	return n;
}

bool snapshot_any_taken(void)
{
	struct snapshot *snapshot;
	bool any = false;

	mutex_lock(&snapshots_lock);
	list_for_each_entry(snapshot, &snapshots, link)
		if (READ_ONCE(snapshot->state) != SNAPSHOT_NEW)
			any = true;
	mutex_unlock(&snapshots_lock);
	return any;
}

/* Called with the snapshot's lock held. */
static void fill_info(struct snapshot *snapshot, struct tracker *tracker,
		      struct blksnap_snapshotinfo *info)
{
	struct member *member;

	list_for_each_entry(member, &snapshot->members, link) {
		if (member->tracker != tracker || !member->area)
			continue;
		info->error_code = diff_area_error(member->area);
		if (snapshot->state == SNAPSHOT_TAKEN)
			strscpy(info->image, snapimage_name(member->image), sizeof(info->image));
	}
}

void snapshot_info(struct tracker *tracker, struct blksnap_snapshotinfo *info)
{
	struct snapshot *snapshot, *found = NULL;

	memset(info, 0, sizeof(*info));
	info->error_code = READ_ONCE(tracker->last_error);
	/* The tracker's pointer tells which, the list whether it is still there. */
	mutex_lock(&snapshots_lock);
	list_for_each_entry(snapshot, &snapshots, link)
		if (snapshot == READ_ONCE(tracker->snapshot))
			found = snapshot;
	if (found)
		kref_get(&found->ref);
	mutex_unlock(&snapshots_lock);
	if (!found)
		return;
	idle_mutex_lock(&found->lock);
	if (found->state != SNAPSHOT_GONE)
		fill_info(found, tracker, info);
	unlock_and_put(found);
}
