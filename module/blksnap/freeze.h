/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Freezing the file systems on several devices, with a time limit.
 */
#ifndef BLKSNAP_FREEZE_H
#define BLKSNAP_FREEZE_H

#include <linux/blkdev.h>

struct freezer;

/* Once for the module. freeze_exit() waits for what was given up. */
int freeze_init(void);
void freeze_exit(void);

/**
 * freezer_new - allocate a freezer without devices
 *
 * Context: may sleep.
 * Return: the freezer, for freezer_free(), or NULL.
 */
struct freezer *freezer_new(void);

/**
 * freezer_add - add a device, with its partitions if it is a whole disk
 * @freezer: the freezer
 * @dev: number of the device
 *
 * Context: may sleep; no lock held that is taken when a partition is removed.
 * Return: the device, open until freezer_free(), or an ERR_PTR().
 */
struct block_device *freezer_add(struct freezer *freezer, dev_t dev);

/**
 * freezer_set_layer - place a device in the stack of those to be frozen
 * @freezer: the freezer
 * @bdev: what freezer_add() returned; it is in layer 0 before
 * @layer: 0 for a device on which no other one of the freezer is stacked
 *
 * Devices of one layer are frozen at the same time, those of layer 0 first: freezing writes to
 * the layers below.
 */
void freezer_set_layer(struct freezer *freezer, struct block_device *bdev, unsigned int layer);

/**
 * freezer_freeze - write out and freeze the file systems on all devices added
 * @freezer: the freezer
 * @timeout: limit for all of it, in jiffies
 *
 * All are written out before the first one is frozen. A device without a file system is synced.
 * A file system that somebody else has frozen already is left to him.
 *
 * Context: may sleep.
 * Return: 0, or an error; then nothing is frozen, or will be thawed as soon as it is.
 */
int freezer_freeze(struct freezer *freezer, unsigned long timeout);

/**
 * freezer_thaw - undo freezer_freeze()
 * @freezer: the freezer
 *
 * Context: may sleep.
 * Return: the longest time for which one of the file systems was frozen, in microseconds.
 */
s64 freezer_thaw(struct freezer *freezer);

/* freezer_free - close the devices; they are not frozen */
void freezer_free(struct freezer *freezer);

#endif /* BLKSNAP_FREEZE_H */
