// SPDX-License-Identifier: GPL-2.0
/*
 * The life of snapshots, and what they report.
 *
 * A snapshot has one of these states, changed under its lock:
 *
 *	NEW -> TAKING -> TAKEN		snapshot_take(); back to NEW if it fails
 *	NEW, TAKEN -> GONE		snapshot_destroy()
 *
 * While the snapshot is TAKING or GONE, the task that set this state works on it without the lock. So
 * block devices are opened, closed, frozen, added and removed with none of our locks held. (The kernel
 * may remove a partition concurrently, with the disk's lock held, and that waits for our locks.) Other
 * tasks can only append storage, while it is TAKING. What both access is changed with the lock held.
 *
 * Locks, outermost first: attachment->op_lock (of the core), snapshot->lock, snapshots_lock;
 * snapshot->lock, storages_lock, then those of tracker.c from take_lock on.
 */
#include <linux/slab.h>
#include <linux/uuid.h>
#include "snapshot_internal.h"

/* Protects the list of all snapshots. */
static DEFINE_MUTEX(snapshots_lock);
static LIST_HEAD(snapshots);

static void snapshot_free(struct kref *ref)
{
	struct snapshot *snapshot = container_of(ref, struct snapshot, ref);

	diff_storage_exit(&snapshot->storage);
	kfree(snapshot);
}

void snapshot_set_state(struct snapshot *snapshot, enum snapshot_state state)
{
	WRITE_ONCE(snapshot->state, state);
}

void snapshot_put(struct snapshot *snapshot)
{
	kref_put(&snapshot->ref, snapshot_free);
}

struct snapshot *snapshot_find(const struct blksnap_uuid *id)
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

struct snapshot *snapshot_find_locked(const struct blksnap_uuid *id, bool wait)
{
	struct snapshot *snapshot = snapshot_find(id);

	if (!snapshot)
		return NULL;
	idle_mutex_lock(&snapshot->lock);
	if (snapshot->state != SNAPSHOT_GONE)
		return snapshot;
	mutex_unlock(&snapshot->lock);
	if (wait)
		idle_wait_for_completion(&snapshot->gone);
	snapshot_put(snapshot);
	return NULL;
}

void snapshot_unlock_put(struct snapshot *snapshot)
{
	mutex_unlock(&snapshot->lock);
	snapshot_put(snapshot);
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
	struct snapshot *snapshot = snapshot_find_locked(id, false);
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
	snapshot_unlock_put(snapshot);
	return ret;
}

void snapshot_drop_members(struct snapshot *snapshot)
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

static void destroy_snapshot(struct snapshot *snapshot)
{
	struct member *member, *next;
	LIST_HEAD(members);

	list_for_each_entry(member, &snapshot->members, link)
		member->error = member->area ? diff_area_error(member->area) : 0;
	snapshot_drop_members(snapshot);
	/* A task that found the snapshot before may still walk the list. */
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
	snapshot_put(snapshot);
}

int snapshot_destroy(const struct blksnap_uuid *id)
{
	struct snapshot *snapshot = snapshot_find_locked(id, true);
	int ret = 0;

	if (!snapshot)
		return -ESRCH;
	if (snapshot->state == SNAPSHOT_TAKING)
		ret = -EBUSY;
	else
		snapshot_set_state(snapshot, SNAPSHOT_GONE);
	mutex_unlock(&snapshot->lock);
	if (!ret)
		destroy_snapshot(snapshot);
	snapshot_put(snapshot);
	return ret;
}

void snapshot_destroy_all(void)
{
	struct snapshot *snapshot;

	/* No ioctl can be called any more. */
	while ((snapshot = list_first_entry_or_null(&snapshots, struct snapshot, link))) {
		snapshot_set_state(snapshot, SNAPSHOT_GONE);
		destroy_snapshot(snapshot);
	}
}

int snapshot_wait_event(const struct blksnap_uuid *id, unsigned int timeout_ms,
			struct blksnap_snapshot_event *event)
{
	struct snapshot *snapshot = snapshot_find(id);
	int ret;

	if (!snapshot)
		return -ESRCH;
	ret = event_queue_wait(&snapshot->storage.events, timeout_ms, event);
	snapshot_put(snapshot);
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

/* Context: the snapshot's lock. */
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
	/* The tracker's pointer may be stale; it is valid if it is in the list. */
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
	snapshot_unlock_put(found);
}
