// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/output.h"
#include "commands/tracked_device.h"
#include "quantity.h"

/* Without the module, or without blkfilter, no device is tracked. */
int tracked_device_read(struct tracked_device *device, const char *path, int fd)
{
	int ret;

	memset(device, 0, sizeof(*device));
	device->path = path;
	ret = blksnap_tracker_info(fd, &device->tracker);
	if (ret == -ENOENT || ret == -ENOTTY)
		return 0;
	if (!ret)
		ret = blksnap_image_info(fd, &device->image);
	device->tracked = !ret;
	return ret == -ENOENT ? 0 : ret;
}

static void add_tracker(struct json_object *object, const struct tracked_device *device)
{
	const struct blksnap_tracker_info *tracker = &device->tracker;
	char text[BLKSNAP_ID_TEXT], image[64];

	output_number(object, "size", tracker->device_size);
	output_number(object, "block_size", tracker->block_size);
	output_number(object, "block_count", tracker->block_count);
	output_text(object, "generation", blksnap_id_format(&tracker->generation, text));
	output_number(object, "number", tracker->number);
	snprintf(image, sizeof(image), "/dev/%s", device->image.name);
	output_text(object, "image", *device->image.name ? image : NULL);
	json_object_object_add(object, "error", json_object_new_int(device->image.error));
}

struct json_object *tracked_device_json(const struct tracked_device *device)
{
	struct json_object *object = json_object_new_object();

	output_text(object, "device", device->path);
	json_object_object_add(object, "tracked", json_object_new_boolean(device->tracked));
	if (device->tracked)
		add_tracker(object, device);
	return object;
}

void tracked_device_print(const struct tracked_device *device)
{
	char text[BLKSNAP_ID_TEXT], size[SIZE_TEXT];

	printf("device:      %s\n", device->path);
	printf("tracked:     %s\n", device->tracked ? "yes" : "no");
	if (!device->tracked)
		return;
	printf("size:        %s\n", size_format(device->tracker.device_size, size));
	printf("block size:  %s\n", size_format(device->tracker.block_size, size));
	printf("generation:  %s\n", blksnap_id_format(&device->tracker.generation, text));
	printf("number:      %u\n", device->tracker.number);
	if (*device->image.name)
		printf("image:       /dev/%s\n", device->image.name);
	if (device->image.error)
		printf("lost:        %s\n",
		       blksnap_strerror(BLKSNAP_IMAGE_INFO, device->image.error));
}
