/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between the filter core and filters. A filter needs nothing else of
 * the core. docs/blkfilter.md tells how to write one; tests/modules/blkfilter_test
 * is an example.
 */
#ifndef _LINUX_BLK_FILTER_H
#define _LINUX_BLK_FILTER_H

#include <linux/list.h>
#include <linux/types.h>
#include "../uapi/linux/blk-filter.h"

struct bio;
struct block_device;
struct gendisk;
struct blkfilter_attachment;
struct module;

/**
 * struct blkfilter - a filter on one device
 * @ops: the filter's operations; set by the core
 * @attachment: the core's part; set by the core
 *
 * Embedded by the filter in what it keeps for the device.
 */
struct blkfilter {
	const struct blkfilter_operations *ops;
	struct blkfilter_attachment *attachment;
};

/**
 * enum blkfilter_verdict - what becomes of a bio that was shown to a filter
 * @BLKFILTER_PASS: it goes on
 * @BLKFILTER_KEEP: the filter has kept it, and it may be gone already
 * @BLKFILTER_WAIT: the filter has not touched it and has no room for it; its submitter waits, and it
 *	is shown once more. Only where blkfilter_may_keep() says so
 */
enum blkfilter_verdict {
	BLKFILTER_PASS,
	BLKFILTER_KEEP,
	BLKFILTER_WAIT,
};

/**
 * struct blkfilter_operations - what a filter does
 * @link: the core's
 * @owner: the filter's module; it cannot be unloaded while a device is attached
 * @name: at most BLKFILTER_NAME_LENGTH characters
 * @attach: A device is to be filtered. Returns the new filter, or an ERR_PTR(). Calls for
 *	different devices do not overlap. The caller keeps @bdev open during the call
 *	only; afterwards the
 *	structure stays valid until @detach, but the device may go. May sleep.
 * @detaching: The filter is to be taken off. @forced is false when an administrator
 *	asked: then -EBUSY refuses. It is true when the device is going away: the answer
 *	does not matter, and from its return on the filter cannot rely on being shown all
 *	writes. May sleep. Optional.
 * @detach: No further call will be made for @flt: it is the filter's to free. Bios it
 *	still holds are to be resubmitted before this returns. May sleep.
 * @ctl: A command of BLKFILTER_CTL. @buf has @len bytes. Returns what the ioctl is to
 *	return. May sleep. Never called twice at once for the same filter. Optional
 *	(-ENOTTY).
 * @submit_bio: A bio is about to change @count sectors, never 0, from @sector on. They are
 *	counted from the start of the filtered device and cut down to it; it may be larger by
 *	now than when the filter was attached, so they are to be checked before they index
 *	anything. A bio that was kept goes on with blkfilter_resubmit(), or is ended with
 *	bio_endio(), from somewhere else. A filter that may keep many asks blkfilter_may_keep()
 *	before.
 *	Called in the context of the submission, maybe with current->bio_list set and
 *	preemption disabled, inside an RCU read section: must not sleep, submit or end bios.
 *	Of bi_end_io and bi_private it sees the core's, of all else the submitter's.
 *
 * @changed: The device's data changes, or may, by something that is no bio: a passthrough
 *	command, or a request of request-based device mapper, that its driver is about to get.
 *	What was noted of changes until now is no longer all of them. Called before the driver
 *	gets it; when it has ended blkfilter_settle() tells. In any context, inside an RCU read
 *	section: must not sleep. Optional.
 *
 * A filter sees each bio that changes data of its device (write, discard, secure
 * erase, write zeroes) once, before the driver can see any of its sectors, whether it
 * was sent to the device itself, to the disk it is a part of, or to a part of it. It does
 * not see reads and empty flushes.
 *
 * All operations but @submit_bio and @changed are called one at a time for a device.
 */
struct blkfilter_operations {
	struct list_head link;
	struct module *owner;
	const char *name;
	struct blkfilter *(*attach)(struct block_device *bdev);
	int (*detaching)(struct blkfilter *flt, bool forced);
	void (*detach)(struct blkfilter *flt);
	int (*ctl)(struct blkfilter *flt, unsigned int cmd, void __user *buf, u32 len);
	enum blkfilter_verdict (*submit_bio)(struct blkfilter *flt, struct bio *bio,
					     sector_t sector, sector_t count);
	void (*changed)(struct blkfilter *flt);
};

/**
 * blkfilter_register - make a filter known to BLKFILTER_ATTACH
 * @ops: its operations, all but the optional ones set
 *
 * Context: may sleep.
 * Return: 0, or -EBUSY if a filter of this name is registered.
 */
int blkfilter_register(struct blkfilter_operations *ops);

/**
 * blkfilter_unregister - take a filter back
 * @ops: what was registered
 *
 * No device can be attached any more, since each holds a reference on @ops->owner; those
 * that were being removed have been detached when this returns.
 *
 * Context: may sleep; to be called from the module's exit function.
 */
void blkfilter_unregister(struct blkfilter_operations *ops);

/**
 * blkfilter_resubmit - let a bio go on that submit_bio kept
 * @bio: the bio
 *
 * The filter that kept it does not see it again; others on its way do. REQ_NOWAIT and
 * REQ_POLLED are cleared, since the submitter has gone on without it. It is submitted now, or,
 * where that might mean to wait for the limit of its cgroup, by a worker that the cgroup has for
 * itself on this device.
 *
 * Context: process context with memalloc_noio_save(), current->bio_list unset; may sleep as any
 * submission, but not for the limit of a cgroup.
 */
void blkfilter_resubmit(struct bio *bio);

/**
 * blkfilter_may_keep - ask before a bio is kept
 * @bio: what submit_bio was called with
 * @full: whether the filter has enough
 *
 * Bios that are kept hold memory and hold back nobody who submits them, unlike those that have to
 * get a request of their device. So there are enough at some time: when the filter says so, or when
 * many of the bio's cgroup wait to go on, having been resubmitted.
 *
 * Context: submit_bio's.
 * Return: %BLKFILTER_WAIT if that is so and the submitter can be made to wait: then submit_bio
 * returns it, too. It is to call blkfilter_wake() when there is room. %BLKFILTER_KEEP if it is not
 * so, or the submitter cannot wait. %BLKFILTER_PASS if too many wait by now; then the filter has to
 * do without keeping it.
 */
enum blkfilter_verdict blkfilter_may_keep(struct bio *bio, bool full);

/**
 * blkfilter_wake - there is room for bios again
 * @disk: the filtered disk, or the one that the filtered device is a part of; it may be gone
 *
 * Context: any.
 */
void blkfilter_wake(struct gendisk *disk);

/**
 * blkfilter_quiesce - hold new writes to several devices, wait for those under way
 * @flts: the filters, upper devices of a stack before lower ones; those on parts of one
 *	disk are brought together
 * @count: their number
 * @timeout: limit for all of it, in jiffies
 *
 * From its return on no write that was submitted before is under way on any of the
 * devices, and none that came later has been shown to its filter. They are held without
 * blocking their submitters until blkfilter_resume(), then shown. Each filter is to be
 * parked by one caller at a time, and kept from being detached by it (see @detaching);
 * a device that is removed meanwhile is left out.
 *
 * Context: may sleep. Between this and blkfilter_resume() the caller must not wait for
 * anything that could need a write to one of the devices, an allocation with GFP_KERNEL
 * included.
 * Return: 0; -ETIMEDOUT if writes were still under way at the end of @timeout, or when those that
 * were held had become too many: then nothing is parked.
 */
int blkfilter_quiesce(struct blkfilter **flts, unsigned int count, unsigned long timeout);

/**
 * blkfilter_resume - let the writes go on that blkfilter_quiesce() held
 * @flts: the filters
 * @count: their number
 *
 * Context: any but hard interrupt; does not sleep.
 */
void blkfilter_resume(struct blkfilter **flts, unsigned int count);

/**
 * blkfilter_settle - wait until no command is under way of which @changed told
 * @bdev: the filtered device, kept open by the caller
 * @timeout: limit, in jiffies
 *
 * What the caller wrote to memory before is seen by a call of @changed for a command that this
 * does not wait for.
 *
 * Context: may sleep.
 * Return: 0; -EBUSY if one still was at the end of @timeout; -EINTR if the caller is killed; -ENODEV
 * if no filter is attached any more.
 */
int blkfilter_settle(struct block_device *bdev, unsigned long timeout);

/**
 * blkfilter_refusal - why the writes to a device cannot all be seen
 * @bdev: the device, kept open by the caller
 *
 * What BLKFILTER_ATTACH asks. The answer may become another one afterwards: a device may be made
 * a path of request-based multipath. Where that cannot be told, that is the answer.
 *
 * Context: may sleep; not while a file system is frozen.
 * Return: a phrase for the log, or NULL if they can.
 */
const char *blkfilter_refusal(struct block_device *bdev);

/**
 * blkfilter_is_stacked_on - whether a device stores its data on another one
 * @upper: the one, kept open by the caller
 * @lower: the other, likewise
 *
 * Sees device mapper, md, bcache, DRBD and loop devices, over several steps, whatever the caller's
 * mounts are. Devices on a partition of @lower lie on @lower.
 *
 * Context: may sleep, opens devices; not while a file system is frozen.
 * Return: 1 or 0, or an error if it cannot be told (a loop device with a file of a file system that
 * is on no single device, as btrfs; zram): then it is to be refused.
 */
int blkfilter_is_stacked_on(struct block_device *upper, struct block_device *lower);

#endif /* _LINUX_BLK_FILTER_H */
