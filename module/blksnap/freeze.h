/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Freezes the file systems on several devices, within a time limit.
 */
#ifndef BLKSNAP_FREEZE_H
#define BLKSNAP_FREEZE_H

#include <linux/blkdev.h>

struct freezer;

/* freeze_init - set up the workqueue, once. Return: 0 or -ENOMEM. */
int freeze_init(void);

/* freeze_exit - wait until all freezers are freed. Context: may sleep. */
void freeze_exit(void);

/**
 * freezer_new - allocate a freezer without devices
 *
 * Context: may sleep.
 * Return: the freezer, to be freed with freezer_free(), or NULL.
 */
struct freezer *freezer_new(void);

/**
 * freezer_add - add a device and, if it is a whole disk, its partitions
 * @freezer: the freezer
 * @dev: number of the device
 *
 * Context: may sleep, and opens devices; no lock held that the removal of a partition takes.
 * Return: the device, open until freezer_free(), or an ERR_PTR().
 */
struct block_device *freezer_add(struct freezer *freezer, dev_t dev);

/**
 * freezer_set_layer - set the layer of a device, which is 0 at first
 * @freezer: the freezer
 * @bdev: what freezer_add() returned
 * @layer: 0 if no other device of the freezer is stacked on it
 *
 * Devices of one layer are frozen concurrently, those of layer 0 first: freezing writes to the layers
 * below.
 */
void freezer_set_layer(struct freezer *freezer, struct block_device *bdev, unsigned int layer);

/**
 * freezer_freeze - sync and freeze the file systems on all devices
 * @freezer: the freezer
 * @timeout: limit for the whole call, in jiffies
 *
 * All file systems are synced before the first one is frozen. The page cache of a device without a
 * file system is synced. A file system that is frozen already stays frozen after freezer_thaw().
 *
 * Context: may sleep.
 * Return: 0 or a negative errno. On an error, what is frozen is thawed, and what is being frozen is
 * thawed as soon as it is.
 */
int freezer_freeze(struct freezer *freezer, unsigned long timeout);

/**
 * freezer_thaw - undo freezer_freeze()
 * @freezer: the freezer
 *
 * Context: may sleep.
 * Return: the longest time that a file system was frozen, in microseconds.
 */
s64 freezer_thaw(struct freezer *freezer);

/* freezer_free - free a freezer whose devices are not frozen. Context: may sleep. */
void freezer_free(struct freezer *freezer);

#endif /* BLKSNAP_FREEZE_H */
