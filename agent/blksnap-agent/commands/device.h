/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tracked device, printed. */
#ifndef BLKSNAP_AGENT_DEVICE_H
#define BLKSNAP_AGENT_DEVICE_H

#include <stdbool.h>

#include <json-c/json.h>

#include <blksnap/blksnap.h>

/**
 * struct device_view - what is known of a device
 * @path: of the device
 * @tracked: blksnap is attached to it
 * @tracker: its change map, if it is tracked
 * @image: its image, if it is tracked
 */
struct device_view {
	const char *path;
	bool tracked;
	struct blksnap_tracker_info tracker;
	struct blksnap_image_info image;
};

/* 0 or a negative errno; a device that is not tracked is no error. */
int device_look(struct device_view *view, const char *path, int fd);

struct json_object *device_json(const struct device_view *view);
void device_print(const struct device_view *view);

#endif
