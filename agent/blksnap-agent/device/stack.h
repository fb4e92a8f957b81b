/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How block devices are stacked, according to /sys. */
#ifndef BLKSNAP_STACK_H
#define BLKSNAP_STACK_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether @upper is @lower, or is stacked on it, directly or through other devices: a partition, a
 * device of device mapper, MD or the like, or a loop device with a file on it.
 */
bool stack_is_on(dev_t upper, dev_t lower);

/* Whether the device, or one below it, is removable or on USB. */
bool stack_is_removable(dev_t number);

/* Whether the device is an image of a snapshot, or is stacked on one. */
bool stack_is_on_image(dev_t number);

/* Returns the logical block size in bytes; 0 if it cannot be determined. */
unsigned int stack_block_size(dev_t number);

/* Returns the disk of a partition; any other device itself. */
dev_t stack_disk(dev_t number);

/* Whether two devices are stacked on a common device. */
bool stack_shares_disk(dev_t one, dev_t other);

#endif
