/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Printing how a device is tracked. */
#ifndef BLKSNAP_TRACKED_DEVICE_H
#define BLKSNAP_TRACKED_DEVICE_H

#include <stdbool.h>

#include <json-c/json.h>

#include <blksnap/blksnap.h>

/**
 * struct tracked_device - a device
 * @path: of the device
 * @tracked: blksnap is attached to it
 * @tracker: its change map, if it is tracked
 * @image: its image, if it is tracked
 */
struct tracked_device {
	const char *path;
	bool tracked;
	struct blksnap_tracker_info tracker;
	struct blksnap_image_info image;
};

/*
 * Read the state of a device. A device that is not tracked is not an error. Returns 0 or a negative
 * errno.
 */
int tracked_device_read(struct tracked_device *device, const char *path, int fd);

struct json_object *tracked_device_json(const struct tracked_device *device);
void tracked_device_print(const struct tracked_device *device);

#endif
