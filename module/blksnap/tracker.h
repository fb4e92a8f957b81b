/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tracked device: the filter on it, its change map, and, while a snapshot is held, the
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
 * @filter: the filter on it
 * @ref: one until it is detached, one for the snapshot that has it
 * @link: in the list of all trackers; under trackers_lock
 * @part: the device; to be followed only by who has it open or was called by the core for it
 * @disk: its disk; likewise
 * @dev: its number
 * @diskseq: of its disk, as the map was made; changed under @lock, read by writers
 * @snapshot: the snapshot that it is in, if any; changed under trackers_lock, and
 * @last_error: why its image was lost in the last snapshot, likewise: snapshot_info() looks
 *	at both without it
 * @detaching: it may not get into a snapshot any more; under trackers_lock
 * @lost: the device is going or gone; under take_lock
 *
 * @lock: protects the exchange of @map and all that writes to it but the writers of the
 *	device. Held for moments only: a take waits for it while file systems are frozen
 * @map: the change map; RCU
 * @next_map: a new one, when the numbers of @map are used up; from tracker_prepare() to the
 *	end of the take
 * @stale: not all changes are in the map, its generation has to end. Set in any context
 *
 * @stop_lock: held over all of tracker_stop(), which removal and destroy may both come to
 * @area: copy-on-write, from the take until the snapshot is destroyed or the device lost; RCU
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
	bool lost;

	struct mutex lock;
	struct cbt_map __rcu *map;
	struct cbt_map *next_map;
	bool stale;

	struct mutex stop_lock;
	struct diff_area __rcu *area;
};

/*
 * Held from the moment that writes are parked until they are released. Whoever takes a
 * filter off a device that goes away waits for it, so that all attachments stay as they
 * are. Inside nothing is opened, closed or frozen.
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

void tracker_put(struct tracker *tracker);

/**
 * tracker_claim - put a device into a snapshot
 * @tracker: the device
 * @snapshot: the snapshot; holds a reference afterwards
 *
 * Return: 0; -EALREADY if it is in this one; -EBUSY if in another; -ENODEV if it is going.
 */
int tracker_claim(struct tracker *tracker, struct snapshot *snapshot);

/**
 * tracker_release - take it out again, and drop the reference
 * @tracker: the device
 * @error: why its image was lost, or 0; kept until it is claimed again
 */
void tracker_release(struct tracker *tracker, int error);

/**
 * tracker_refresh - begin a new generation if the device is not what it was
 * @tracker: the device, open
 * @taking: for the take of the snapshot that it is in
 *
 * While it is in a snapshot, only the take may do that: its map stays readable, and is
 * exchanged afterwards. Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int tracker_refresh(struct tracker *tracker, bool taking);

/**
 * tracker_info - what BLKFILTER_CTL tells of a device
 * @tracker: the device
 * @info: filled in
 */
void tracker_info(struct tracker *tracker, struct blksnap_cbtinfo *info);

/**
 * tracker_read_map - a part of the readable map
 * @tracker: the device
 * @offset: first block
 * @buffer: for @count bytes, one a block
 * @count: how many are wanted
 *
 * Context: any.
 * Return: how many there are, 0 past the end.
 */
unsigned int tracker_read_map(struct tracker *tracker, u32 offset, u8 *buffer,
			      unsigned int count);

/**
 * tracker_prepare - before a take, while writers still come
 * @tracker: the device
 *
 * Context: may sleep. To be followed by tracker_settle(), whether the take succeeds or not.
 * Return: 0, -ENOMEM, or -EBUSY during a hibernation.
 */
int tracker_prepare(struct tracker *tracker);

/* tracker_settle - after a take; the readable map is complete when this returns; may sleep */
void tracker_settle(struct tracker *tracker);

/**
 * tracker_start - the instant of the take
 * @tracker: the device, its writes parked
 * @area: where its writes go from now on
 *
 * Context: take_lock held; does not allocate.
 */
void tracker_start(struct tracker *tracker, struct diff_area *area);

/* tracker_stop - no write comes to the area any more when this returns; may sleep */
void tracker_stop(struct tracker *tracker);

/**
 * tracker_mark - note that sectors change
 * @tracker: the device
 * @sector: the first sector
 * @count: how many, not 0
 * @image: those of the image too
 *
 * For changes that are not writes of the device. Context: may sleep.
 * Return: 0, or -EINVAL if some lie outside of the device.
 */
int tracker_mark(struct tracker *tracker, sector_t sector, sector_t count, bool image);

/* tracker_set_hibernating - whether takes are refused and stale trackers stay stale; may sleep */
void tracker_set_hibernating(bool value);

/* tracker_new_generations - for all devices: what was tracked so far counts no more */
void tracker_new_generations(void);

#endif /* BLKSNAP_TRACKER_H */
