// SPDX-License-Identifier: GPL-2.0
/*
 * Locks, outermost first: attachment->op_lock (of the core), trackers_lock, take_lock,
 * tracker->lock. tracker->stop_lock is taken inside of op_lock and outside of tracker->lock.
 */
#include <linux/slab.h>
#include "../idle.h"
#include "tracker.h"

/* Protects the list, and the claims of snapshots. */
static DEFINE_MUTEX(trackers_lock);
static LIST_HEAD(trackers);
/*
 * The system enters or leaves hibernation: all trackers are and stay stale, and tracker_prepare()
 * fails. Protected by trackers_lock.
 */
static bool hibernating;

DEFINE_MUTEX(take_lock);

static void free_tracker(struct kref *ref)
{
	struct tracker *tracker = container_of(ref, struct tracker, ref);

	/* Without a reference there is neither a writer nor a task that could replace the map. */
	cbt_map_free(rcu_dereference_protected(tracker->map, !kref_read(&tracker->ref)));
	kfree(tracker);
}

static void tracker_put(struct tracker *tracker)
{
	kref_put(&tracker->ref, free_tracker);
}

struct blkfilter *tracker_attach(struct block_device *bdev)
{
	struct tracker *tracker;
	struct cbt_map *map;

	tracker = kzalloc(sizeof(*tracker), GFP_KERNEL);
	if (!tracker)
		return ERR_PTR(-ENOMEM);
	map = cbt_map_new(bdev_nr_sectors(bdev));
	if (!map) {
		kfree(tracker);
		return ERR_PTR(-ENOMEM);
	}
	kref_init(&tracker->ref);
	mutex_init(&tracker->lock);
	mutex_init(&tracker->stop_lock);
	tracker->part = compat_part_of(bdev);
	tracker->disk = bdev->bd_disk;
	tracker->dev = bdev->bd_dev;
	tracker->diskseq = compat_diskseq(bdev->bd_disk);
	RCU_INIT_POINTER(tracker->map, map);
	mutex_lock(&trackers_lock);
	tracker->stale = hibernating;
	list_add_tail(&tracker->link, &trackers);
	mutex_unlock(&trackers_lock);
	return &tracker->filter;
}

int tracker_detaching(struct blkfilter *flt, bool forced)
{
	struct tracker *tracker = tracker_of(flt);
	struct diff_area *area;
	int ret = 0;

	mutex_lock(&trackers_lock);
	if (tracker->snapshot && !forced)
		ret = -EBUSY;
	else
		tracker->detaching = true;
	mutex_unlock(&trackers_lock);
	if (!forced)
		return ret;

	idle_mutex_lock(&take_lock);
	tracker->removed = true;
	rcu_read_lock();
	area = rcu_dereference(tracker->area);
	if (area)
		diff_area_fail(area, -ENODEV);
	rcu_read_unlock();
	mutex_unlock(&take_lock);
	return 0;
}

void tracker_detach(struct blkfilter *flt)
{
	struct tracker *tracker = tracker_of(flt);

	mutex_lock(&trackers_lock);
	list_del(&tracker->link);
	mutex_unlock(&trackers_lock);
	tracker_stop(tracker);
	tracker_put(tracker);
}

/* Whether the device still has the size and the medium that the map was made for. */
static bool is_same_device(const struct tracker *tracker, const struct cbt_map *map)
{
	return compat_part_sectors(tracker->part) == map->capacity &&
	       compat_diskseq(tracker->disk) == READ_ONCE(tracker->diskseq);
}

static void set_stale(struct tracker *tracker)
{
	struct diff_area *area;

	WRITE_ONCE(tracker->stale, true);
	smp_mb(); /* pairs with tracker_start(): either it sees @stale, or this sees the area */
	area = rcu_dereference(tracker->area);
	/* The image would show another medium. */
	if (area)
		diff_area_fail(area, -ESTALE);
}

/* Inlined twice: for a write to a copied block a call would cost half as much as the work itself. */
static __always_inline enum blkfilter_verdict copy_on_write(struct tracker *tracker,
							    struct bio *bio, sector_t sector,
							    sector_t count)
{
	struct diff_area *area = rcu_dereference(tracker->area);

	return area ? diff_area_write(area, bio, sector, count) : BLKFILTER_PASS;
}

/* A write that may make the map stale, or that comes while the map is syncing. */
static noinline enum blkfilter_verdict submit_slow(struct tracker *tracker, struct bio *bio,
						   sector_t sector, sector_t count)
{
	struct cbt_map *map = rcu_dereference(tracker->map);

	if ((!cbt_map_mark(map, sector, count) || !is_same_device(tracker, map)) &&
	    !READ_ONCE(tracker->stale))
		set_stale(tracker);
	return copy_on_write(tracker, bio, sector, count);
}

enum blkfilter_verdict tracker_submit_bio(struct blkfilter *flt, struct bio *bio, sector_t sector,
					  sector_t count)
{
	struct tracker *tracker = tracker_of(flt);
	struct cbt_map *map = rcu_dereference(tracker->map);

	if (likely(cbt_map_mark_fast(map, sector, count) && is_same_device(tracker, map)))
		return copy_on_write(tracker, bio, sector, count);
	return submit_slow(tracker, bio, sector, count);
}

void tracker_changed(struct blkfilter *flt)
{
	struct tracker *tracker = tracker_of(flt);

	if (!READ_ONCE(tracker->stale))
		set_stale(tracker);
}

int tracker_claim(struct tracker *tracker, struct snapshot *snapshot)
{
	int ret = 0;

	mutex_lock(&trackers_lock);
	if (tracker->snapshot) {
		ret = tracker->snapshot == snapshot ? -EALREADY : -EBUSY;
	} else if (tracker->detaching) {
		ret = -ENODEV;
	} else {
		WRITE_ONCE(tracker->snapshot, snapshot);
		WRITE_ONCE(tracker->last_error, 0);
		kref_get(&tracker->ref);
	}
	mutex_unlock(&trackers_lock);
	return ret;
}

void tracker_release(struct tracker *tracker, int error)
{
	mutex_lock(&trackers_lock);
	WRITE_ONCE(tracker->snapshot, NULL);
	WRITE_ONCE(tracker->last_error, error);
	mutex_unlock(&trackers_lock);
	tracker_put(tracker);
}

static bool needs_new_map(struct tracker *tracker)
{
	struct cbt_map *map;
	bool wanted;

	mutex_lock(&tracker->lock);
	map = rcu_dereference_protected(tracker->map, lockdep_is_held(&tracker->lock));
	if (!is_same_device(tracker, map)) {
		rcu_read_lock();
		set_stale(tracker);
		rcu_read_unlock();
	}
	wanted = READ_ONCE(tracker->stale) && !rcu_access_pointer(tracker->area);
	mutex_unlock(&tracker->lock);
	return wanted;
}

int tracker_renew_map(struct tracker *tracker, bool taking)
{
	struct cbt_map *map, *old;
	u64 diskseq;

	if (!needs_new_map(tracker))
		return 0;
	/* Allocate without tracker->lock, which a take needs while file systems are frozen. */
	diskseq = compat_diskseq(tracker->disk);
	map = cbt_map_new(compat_part_sectors(tracker->part));
	if (!map)
		return -ENOMEM;

	mutex_lock(&trackers_lock);
	mutex_lock(&tracker->lock);
	old = map;
	if (READ_ONCE(tracker->stale) && !rcu_access_pointer(tracker->area) &&
	    (taking || !tracker->snapshot)) {
		old = rcu_dereference_protected(tracker->map, lockdep_is_held(&tracker->lock));
		WRITE_ONCE(tracker->stale, hibernating);
		WRITE_ONCE(tracker->diskseq, diskseq);
		rcu_assign_pointer(tracker->map, map);
	}
	mutex_unlock(&tracker->lock);
	mutex_unlock(&trackers_lock);
	cbt_map_free_rcu(old);
	return 0;
}

void tracker_info(struct tracker *tracker, struct blksnap_cbtinfo *info)
{
	const struct cbt_map *map;

	memset(info, 0, sizeof(*info));
	rcu_read_lock();
	map = rcu_dereference(tracker->map);
	info->device_capacity = (u64)map->capacity << SECTOR_SHIFT;
	info->block_size = 1U << (map->shift + SECTOR_SHIFT);
	info->block_count = map->count;
	info->generation_id = map->generation;
	info->changes_number = cbt_map_previous(map);
	rcu_read_unlock();
}

unsigned int tracker_read_map(struct tracker *tracker, u32 offset, u8 *buffer,
			      unsigned int count)
{
	const struct cbt_map *map;

	rcu_read_lock();
	map = rcu_dereference(tracker->map);
	count = offset < map->count ? min(count, map->count - offset) : 0;
	if (count)
		cbt_map_read(map, offset, buffer, count);
	rcu_read_unlock();
	return count;
}

/* The map of a claimed device is replaced only by the task that takes the snapshot, the caller. */
static struct cbt_map *claimed_map(struct tracker *tracker)
{
	return rcu_dereference_protected(tracker->map, READ_ONCE(tracker->snapshot));
}

int tracker_prepare(struct tracker *tracker)
{
	struct cbt_map *map = claimed_map(tracker);
	bool busy;

	mutex_lock(&trackers_lock);
	busy = hibernating;
	mutex_unlock(&trackers_lock);
	if (busy)
		return -EBUSY;
	if (!cbt_map_is_used_up(map))
		return 0;
	tracker->next_map = cbt_map_new(map->capacity);
	return tracker->next_map ? 0 : -ENOMEM;
}

void tracker_finish_take(struct tracker *tracker)
{
	struct cbt_map *map = claimed_map(tracker);

	if (map->syncing)
		cbt_map_sync(map);
	/* After a take this is the old map; otherwise it is the new one, unused. */
	if (tracker->next_map)
		cbt_map_free_rcu(tracker->next_map);
	tracker->next_map = NULL;
}

void tracker_start(struct tracker *tracker, struct diff_area *area)
{
	struct cbt_map *map;

	mutex_lock(&tracker->lock);
	map = rcu_dereference_protected(tracker->map, lockdep_is_held(&tracker->lock));
	if (tracker->next_map) {
		swap(map, tracker->next_map);
		rcu_assign_pointer(tracker->map, map);
	}
	cbt_map_switch(map);
	rcu_assign_pointer(tracker->area, area);
	smp_mb(); /* pairs with set_stale() */
	if (READ_ONCE(tracker->stale) || !is_same_device(tracker, map))
		diff_area_fail(area, -ESTALE);
	mutex_unlock(&tracker->lock);
}

void tracker_stop(struct tracker *tracker)
{
	struct diff_area *area;

	idle_mutex_lock(&tracker->stop_lock);
	mutex_lock(&tracker->lock);
	area = rcu_dereference_protected(tracker->area, lockdep_is_held(&tracker->lock));
	RCU_INIT_POINTER(tracker->area, NULL);
	mutex_unlock(&tracker->lock);
	if (area) {
		synchronize_rcu();
		diff_area_leave_origin(area);
	}
	mutex_unlock(&tracker->stop_lock);
}

int tracker_mark(struct tracker *tracker, sector_t sector, sector_t count, bool image)
{
	struct cbt_map *map;
	int ret = 0;

	mutex_lock(&tracker->lock);
	map = rcu_dereference_protected(tracker->map, lockdep_is_held(&tracker->lock));
	if (sector >= map->capacity || count > map->capacity - sector) {
		ret = -EINVAL;
	} else {
		cbt_map_mark(map, sector, count);
		if (image)
			cbt_map_mark_readable(map, sector, count);
	}
	mutex_unlock(&tracker->lock);
	return ret;
}

void tracker_set_hibernating(bool value)
{
	mutex_lock(&trackers_lock);
	hibernating = value;
	mutex_unlock(&trackers_lock);
}

void tracker_end_generations(void)
{
	struct tracker *tracker;

	mutex_lock(&trackers_lock);
	list_for_each_entry(tracker, &trackers, link) {
		mutex_lock(&tracker->lock);
		rcu_read_lock();
		set_stale(tracker);
		rcu_read_unlock();
		mutex_unlock(&tracker->lock);
	}
	mutex_unlock(&trackers_lock);
}
