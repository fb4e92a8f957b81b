/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What snapimage.c and snapimage_io.c share.
 */
#ifndef BLKSNAP_SNAPIMAGE_INTERNAL_H
#define BLKSNAP_SNAPIMAGE_INTERNAL_H

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <uapi/linux/blksnap.h>
#include "../idle.h"
#include "diff_area.h"
#include "snapimage.h"
#include "tracker.h"

/**
 * struct snapimage - an image
 * @disk: its block device, which owns the structure once it was added
 * @id: id of the snapshot
 * @origin: name of the snapshotted device at the take
 * @minor: its minor number, negative if it has none
 * @named: @disk exists and has its final name; under minors_lock
 * @tracker: the snapshotted device
 * @area: its copy-on-write
 *
 * @users: bios being processed, plus one until snapimage_free(). At 0 the image fails all bios
 * @unused: completed when @users becomes 0
 * @bios: for struct image_io
 * @splits: for splitting bios
 * @wq: runs @work
 * @work: processes @waiting, and may sleep
 * @lock: protects @waiting; taken in any context
 * @waiting: bios for @work; each is a user
 */
struct snapimage {
	struct gendisk *disk;
	struct blksnap_uuid id;
	char origin[BDEVNAME_SIZE];
	int minor;
	bool named;
	struct tracker *tracker;
	struct diff_area *area;

	atomic_t users;
	struct completion unused;
	struct bio_set bios;
	struct bio_set splits;
	struct workqueue_struct *wq;
	struct work_struct work;
	spinlock_t lock;
	struct bio_list waiting;
};

/**
 * snapimage_io_init - set up the processing of bios
 * @image: the image, with its tracker and area; otherwise zeroed
 *
 * Context: may sleep.
 * Return: 0 or a negative errno; snapimage_io_exit() has to follow in both cases.
 */
int snapimage_io_init(struct snapimage *image);

/* snapimage_io_exit - undo snapimage_io_init(). No bio is being processed. Context: may sleep. */
void snapimage_io_exit(struct snapimage *image);

/**
 * snapimage_io_stop - fail all bios from now on, and wait for those being processed
 * @image: the image
 *
 * Context: may sleep.
 */
void snapimage_io_stop(struct snapimage *image);

/* snapimage_submit_bio - the disk's submit_bio operation */
compat_qc_t snapimage_submit_bio(struct bio *bio);

#endif /* BLKSNAP_SNAPIMAGE_INTERNAL_H */
