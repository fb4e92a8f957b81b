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
 * freezer_new - open what is to be frozen
 * @max: the number of freezer_add() that will follow
 */
struct freezer *freezer_new(unsigned int max);

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
 * freezer_freeze - freeze all devices added
 * @freezer: the freezer
 * @order: the devices that freezer_add() returned, in the order to freeze them in
 * @count: their number
 * @timeout: in jiffies
 *
 * A device without a file system is synced. A file system that somebody else has frozen
 * already is left to him.
 *
 * Return: 0, or an error; then nothing is frozen, or will be thawed as soon as it is.
 */
int freezer_freeze(struct freezer *freezer, struct block_device **order, unsigned int count,
		   unsigned long timeout);

/* freezer_thaw - undo freezer_freeze() */
void freezer_thaw(struct freezer *freezer);

/* freezer_free - close the devices; they are not frozen */
void freezer_free(struct freezer *freezer);

#endif /* BLKSNAP_FREEZE_H */
