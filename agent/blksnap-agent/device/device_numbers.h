/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of devices. */
#ifndef BLKSNAP_DEVICE_NUMBERS_H
#define BLKSNAP_DEVICE_NUMBERS_H

#include <stddef.h>
#include <sys/types.h>

struct device_numbers {
	dev_t *items;
	size_t count;
};

/* Append a device. Returns 0 or -ENOMEM. */
int device_numbers_add(struct device_numbers *numbers, dev_t number);
void device_numbers_free(struct device_numbers *numbers);

#endif
