/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tracked device, printed. */
#ifndef BLKSNAP_TRACKED_DEVICE_H
#define BLKSNAP_TRACKED_DEVICE_H

#include <stdbool.h>

#include <json-c/json.h>

#include <blksnap/blksnap.h>

/**
 * struct tracked_device - what is known of a device
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

/* 0 or a negative errno; a device that is not tracked is no error. */
int tracked_device_read(struct tracked_device *device, const char *path, int fd);

struct json_object *tracked_device_json(const struct tracked_device *device);
void tracked_device_print(const struct tracked_device *device);

#endif
