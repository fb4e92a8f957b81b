/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interface between the filter core and filters. A filter needs nothing else of the core.
 * docs/blkfilter.md explains how to write one; tests/modules/blkfilter_test is an example.
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
 * The filter embeds it in its own structure for the device.
 */
struct blkfilter {
	const struct blkfilter_operations *ops;
	struct blkfilter_attachment *attachment;
};

/**
 * enum blkfilter_verdict - what is done with a bio that was passed to a filter
 * @BLKFILTER_PASS: it is submitted
 * @BLKFILTER_KEEP: the filter keeps it; it may be gone already
 * @BLKFILTER_WAIT: the filter has no room for it and has not touched it. Its submitter waits, and
 *	the filter is called again. Allowed only if blkfilter_may_keep() returned it
 */
enum blkfilter_verdict {
	BLKFILTER_PASS,
	BLKFILTER_KEEP,
	BLKFILTER_WAIT,
};

/**
 * struct blkfilter_operations - the operations of a filter
 * @link: used by the core
 * @owner: the filter's module; it cannot be unloaded while a device is attached
 * @name: BLKFILTER_NAME_LENGTH characters at most
 * @attach: Attach to a device. Returns the new filter or an ERR_PTR(). Calls for different devices
 *	do not overlap. The caller keeps @bdev open during the call only. The structure stays valid
 *	until @detach, but the device may be removed. May sleep.
 * @detaching: Prepare to detach. If @forced is false, an administrator requests it, and -EBUSY
 *	refuses. If @forced is true, the device is being removed: the return value is ignored, and
 *	after the call the filter may miss writes. May sleep. Optional.
 * @detach: Detach. No call for @flt follows, and the filter frees it. Bios that it keeps must be
 *	resubmitted before this returns. May sleep.
 * @ctl: Execute a command of BLKFILTER_CTL, with @len bytes in @buf. Returns the result of the
 *	ioctl. May sleep. Not called concurrently for one filter. Optional (-ENOTTY).
 * @submit_bio: A bio is about to change @count sectors, never 0, starting at @sector. They are
 *	relative to the filtered device and clipped to it. The device may have grown since @attach, so
 *	the filter must check them before it indexes anything. If the filter keeps the bio, it calls
 *	blkfilter_resubmit() or bio_endio() for it later, from another context. A filter that may keep
 *	many bios calls blkfilter_may_keep() first.
 *	Called in the context of the submission, maybe with current->bio_list set and preemption
 *	disabled, in an RCU read-side critical section: must not sleep, submit bios or end bios.
 *	bi_end_io and bi_private are the core's, everything else in the bio is the submitter's.
 *
 * @changed: The data of the device changes, or may change, by something that is not a bio: a
 *	passthrough command, or a request of request-based device mapper. The changes that the filter
 *	has noted so far are incomplete. Called before the driver gets the command;
 *	blkfilter_drain_passthrough() waits for its completion. Called in any context, in an RCU
 *	read-side critical section: must not sleep. Optional.
 *
 * A filter is called once for each bio that changes data of its device (write, discard, secure erase,
 * write zeroes), before the driver gets any of its sectors, whether the bio was submitted to the
 * device itself, to the disk that it is a partition of, or to one of its partitions. It is not called
 * for reads and empty flushes.
 *
 * All operations but @submit_bio and @changed are serialized for each device.
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
 * blkfilter_register - make a filter available to BLKFILTER_ATTACH
 * @ops: its operations, all set but the optional ones
 *
 * Context: may sleep.
 * Return: 0, or -EBUSY if a filter of this name is registered.
 */
int blkfilter_register(struct blkfilter_operations *ops);

/**
 * blkfilter_unregister - undo blkfilter_register()
 * @ops: the operations
 *
 * No device is attached, since each attached device holds a reference to @ops->owner. Removals of
 * devices that were in progress have called @detach when this returns.
 *
 * Context: may sleep. Called from the exit function of the module.
 */
void blkfilter_unregister(struct blkfilter_operations *ops);

/**
 * blkfilter_resubmit - submit a bio that the filter has kept
 * @bio: the bio
 *
 * The filter is not called for it again; other filters are. REQ_NOWAIT and REQ_POLLED are cleared,
 * because the submitter has not waited for the bio. If the cgroup of the bio may be throttled, a
 * worker that serves only this cgroup on this device submits it.
 *
 * Context: process context with memalloc_noio_save(), current->bio_list unset. May sleep like any
 * submission, but not for a cgroup limit.
 */
void blkfilter_resubmit(struct bio *bio);

/**
 * blkfilter_may_keep - ask whether a bio may be kept
 * @bio: the bio that @submit_bio was called with
 * @full: whether the filter keeps enough bios already
 *
 * Kept bios take memory, and their submitters continue, whereas a submitter normally has to wait for
 * a request of the device. Therefore submitters have to wait when @full is set, or when many
 * resubmitted bios of the same cgroup are queued.
 *
 * Context: that of @submit_bio.
 * Return: %BLKFILTER_WAIT if that is so and the submitter can be made to wait. @submit_bio must
 * return it too, and the filter must call blkfilter_wake() when it has room. %BLKFILTER_KEEP if it is
 * not so, or the submitter cannot wait. %BLKFILTER_PASS if too many bios are queued; the filter must
 * not keep the bio then.
 */
enum blkfilter_verdict blkfilter_may_keep(struct bio *bio, bool full);

/**
 * blkfilter_wake - wake submitters that wait for room
 * @disk: the filtered disk, or the disk of the filtered partition; it may be gone
 *
 * Context: any.
 */
void blkfilter_wake(struct gendisk *disk);

/**
 * blkfilter_quiesce - hold new writes to several devices, and wait for those in flight
 * @flts: the filters, upper devices of a stack before lower ones. Those on partitions of one disk are
 *	reordered
 * @count: number of filters
 * @timeout: limit for the whole call, in jiffies
 *
 * On success no write is in flight on any of the devices, and the filters were not called for any
 * write that is newer. Newer writes are held, without blocking their submitters, until
 * blkfilter_resume(). Each filter may be quiesced by one caller at a time, which also keeps it from
 * being detached (see @detaching). A device that is removed meanwhile is ignored.
 *
 * Context: may sleep. Until blkfilter_resume() the caller must not wait for anything that may need a
 * write to one of the devices, including an allocation with GFP_KERNEL.
 * Return: 0; -ETIMEDOUT if writes were still in flight after @timeout, or if too many writes were
 * held. No device is quiesced then.
 */
int blkfilter_quiesce(struct blkfilter **flts, unsigned int count, unsigned long timeout);

/**
 * blkfilter_resume - submit the writes that are held since blkfilter_quiesce()
 * @flts: the filters
 * @count: number of filters
 *
 * Context: any but hard interrupt; does not sleep.
 */
void blkfilter_resume(struct blkfilter **flts, unsigned int count);

/**
 * blkfilter_drain_passthrough - wait for the passthrough commands that @changed was called for
 * @bdev: the filtered device, kept open by the caller
 * @timeout: limit, in jiffies
 *
 * If the call does not wait for a command, because it is too new, @changed is called for it after the
 * stores that the caller made before this call.
 *
 * Context: may sleep.
 * Return: 0; -EBUSY if a command was still executing after @timeout; -EINTR if the caller was killed;
 * -ENODEV if no filter is attached any more.
 */
int blkfilter_drain_passthrough(struct block_device *bdev, unsigned long timeout);

/**
 * blkfilter_refusal - tell why a device cannot be filtered
 * @bdev: the device, kept open by the caller
 *
 * BLKFILTER_ATTACH asks it. The answer may change afterwards: a device can become a path of
 * request-based multipath. If it is unknown whether all writes would be seen, that is the reason.
 *
 * Context: may sleep; not while a file system is frozen.
 * Return: the reason, for the log; NULL if the device can be filtered.
 */
const char *blkfilter_refusal(struct block_device *bdev);

/**
 * blkfilter_is_stacked_on - tell whether a device stores its data on another one
 * @upper: the first device, kept open by the caller
 * @lower: the second device, kept open by the caller
 *
 * Follows device mapper, md, bcache, DRBD and loop devices through several layers, independently of
 * the mounts of the caller. A device on a partition of @lower is stacked on @lower.
 *
 * Context: may sleep, and opens devices; not while a file system is frozen.
 * Return: 1 or 0; a negative errno if it is unknown (a loop device whose file is on a file system
 * without a single device, such as btrfs; zram). The caller must refuse the device then.
 */
int blkfilter_is_stacked_on(struct block_device *upper, struct block_device *lower);

#endif /* _LINUX_BLK_FILTER_H */
