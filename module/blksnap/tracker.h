/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tracked device: the filter on it, its change map and, while a snapshot of it is held, its
 * copy-on-write.
 */
#ifndef BLKSNAP_TRACKER_H
#define BLKSNAP_TRACKER_H

#include <linux/blk-filter.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include "cbt_map.h"
#include "diff_area.h"

struct snapshot;

/**
 * struct tracker - a tracked device
 * @filter: the filter on the device
 * @ref: one until the device is detached, one for the snapshot that has claimed it
 * @link: in the list of all trackers; under trackers_lock
 * @part: the device. Only callers that have it open, or that the core calls for it, may dereference it
 * @disk: its disk; likewise
 * @dev: number of the device
 * @diskseq: disk sequence number for which @map was made; changed under @lock, read by writers
 * @snapshot: the snapshot that has claimed the device, if any; changed under trackers_lock
 * @last_error: why the image of the last snapshot was lost; changed under trackers_lock.
 *	snapshot_info() reads this and @snapshot without the lock
 * @detaching: no snapshot may claim the device any more; under trackers_lock
 * @removed: the device is being removed or gone; under take_lock
 *
 * @lock: protects @map, @next_map during the switch, and all marks in the map but those of writers.
 *	Held for moments only, since a take waits for it while file systems are frozen
 * @map: the change map; RCU, replaced under @lock. While @snapshot is set, only the task that takes
 *	replaces it, and may use it without both
 * @next_map: replaces @map when its numbers are used up; from tracker_prepare() to the end of the
 *	take, and used by the task that takes only
 * @stale: the map misses changes, and its generation must end. Set in any context
 *
 * @stop_lock: serializes tracker_stop(), which removing the device and destroying the snapshot call
 * @area: copy-on-write, from the take until the snapshot is destroyed or the device is removed; RCU,
 *	changed under @lock
 */
struct tracker {
	struct blkfilter filter;
	struct kref ref;
	struct list_head link;
	struct compat_part *part;
	struct gendisk *disk;
	dev_t dev;
	u64 diskseq;
	struct snapshot *snapshot;
	int last_error;
	bool detaching;
	bool removed;

	struct mutex lock;
	struct cbt_map __rcu *map;
	struct cbt_map *next_map;
	bool stale;

	struct mutex stop_lock;
	struct diff_area __rcu *area;
};

/*
 * Held while devices are quiesced. Detaching the filter of a device that is being removed waits for
 * it, so all attachments stay as they are. No device is opened or closed, and no file system is
 * frozen, with it held.
 */
extern struct mutex take_lock;

/* The operations of the filter; see struct blkfilter_operations. */
struct blkfilter *tracker_attach(struct block_device *bdev);
int tracker_detaching(struct blkfilter *flt, bool forced);
void tracker_detach(struct blkfilter *flt);
enum blkfilter_verdict tracker_submit_bio(struct blkfilter *flt, struct bio *bio, sector_t sector,
					  sector_t count);
void tracker_changed(struct blkfilter *flt);

static inline struct tracker *tracker_of(struct blkfilter *flt)
{
	return container_of(flt, struct tracker, filter);
}

/**
 * tracker_claim - claim a device for a snapshot
 * @tracker: the device
 * @snapshot: the snapshot, which holds a reference to the tracker afterwards
 *
 * Context: may sleep.
 * Return: 0; -EALREADY if this snapshot has claimed it; -EBUSY if another one has; -ENODEV if it is
 * being detached.
 */
int tracker_claim(struct tracker *tracker, struct snapshot *snapshot);

/**
 * tracker_release - undo tracker_claim(), and drop the reference
 * @tracker: the device
 * @error: why its image was lost, or 0; kept until the device is claimed again
 *
 * Context: may sleep.
 */
void tracker_release(struct tracker *tracker, int error);

/**
 * tracker_renew_map - begin a new generation if the map misses changes
 * @tracker: the device, open
 * @taking: called by the take of the snapshot that has claimed the device
 *
 * While a snapshot has claimed the device, only its take replaces the map. A map that has been taken
 * stays readable until the snapshot is destroyed.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int tracker_renew_map(struct tracker *tracker, bool taking);

/**
 * tracker_info - fill in what BLKFILTER_CTL reports of a device
 * @tracker: the device
 * @info: filled in
 *
 * Context: any.
 */
void tracker_info(struct tracker *tracker, struct blksnap_cbtinfo *info);

/**
 * tracker_read_map - copy a part of the readable map
 * @tracker: the device
 * @offset: first block
 * @buffer: for @count bytes
 * @count: number of blocks
 *
 * Context: any.
 * Return: number of blocks copied, less than @count at the end of the map.
 */
unsigned int tracker_read_map(struct tracker *tracker, u32 offset, u8 *buffer,
			      unsigned int count);

/**
 * tracker_prepare - allocate what the take needs
 * @tracker: the device, claimed
 *
 * To be followed by tracker_finish_take(), whether the take succeeds or not.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, or -EBUSY during a hibernation.
 */
int tracker_prepare(struct tracker *tracker);

/**
 * tracker_start - begin the next snapshot interval and copy-on-write
 * @tracker: the device, claimed and quiesced
 * @area: the copy-on-write
 *
 * Context: take_lock; does not allocate memory.
 */
void tracker_start(struct tracker *tracker, struct diff_area *area);

/**
 * tracker_finish_take - complete the readable map after a take, or undo tracker_prepare()
 * @tracker: the device, claimed
 *
 * Context: may sleep.
 */
void tracker_finish_take(struct tracker *tracker);

/**
 * tracker_stop - end copy-on-write
 * @tracker: the device
 *
 * On return no write is passed to the area, and the area does not use the device any more.
 *
 * Context: may sleep.
 */
void tracker_stop(struct tracker *tracker);

/**
 * tracker_mark - mark sectors as changed that were not written by a bio to the device
 * @tracker: the device
 * @sector: first sector
 * @count: number of sectors, not 0
 * @image: mark them in the readable map too
 *
 * Context: may sleep.
 * Return: 0, or -EINVAL if some are outside of the device.
 */
int tracker_mark(struct tracker *tracker, sector_t sector, sector_t count, bool image);

/**
 * tracker_set_hibernating - enter or leave hibernation
 * @value: while true, takes are refused and stale trackers stay stale
 *
 * Context: may sleep.
 */
void tracker_set_hibernating(bool value);

/**
 * tracker_end_generations - make the generations of all devices end
 *
 * Context: may sleep.
 */
void tracker_end_generations(void);

#endif /* BLKSNAP_TRACKER_H */
