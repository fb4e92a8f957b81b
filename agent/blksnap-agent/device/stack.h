/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What block devices lie on, as /sys tells it. */
#ifndef BLKSNAP_STACK_H
#define BLKSNAP_STACK_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether @upper lies on @lower: is a partition of it, is stacked above it by device mapper,
 * MD or the like, or is a loop device with a file on it; also through several layers. A
 * device lies on itself.
 */
bool stack_is_on(dev_t upper, dev_t lower);

/* Whether it, or something below it, is a medium that is meant to be taken out, or on USB. */
bool stack_is_removable(dev_t number);

/* Whether it is an image of a snapshot, a part of one, or lies on one. */
bool stack_is_on_image(dev_t number);

/* The bytes of its logical blocks; 0 if that cannot be told. */
unsigned int stack_block_size(dev_t number);

/* The disk of a partition; of any other device itself. */
dev_t stack_disk(dev_t number);

/* Whether two devices have a disk in common. */
bool stack_shares_disk(dev_t one, dev_t other);

#endif
