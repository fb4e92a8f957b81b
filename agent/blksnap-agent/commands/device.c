// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/output.h"
#include "commands/device.h"
#include "quantity.h"

/* Neither is tracking without the module, or without blkfilter. */
int device_look(struct device_view *view, const char *path, int fd)
{
	int ret;

	memset(view, 0, sizeof(*view));
	view->path = path;
	ret = blksnap_tracker_info(fd, &view->tracker);
	if (ret == -ENOENT || ret == -ENOTTY)
		return 0;
	if (!ret)
		ret = blksnap_image_info(fd, &view->image);
	view->tracked = !ret;
	return ret == -ENOENT ? 0 : ret;
}

static void add_tracker(struct json_object *object, const struct device_view *view)
{
	const struct blksnap_tracker_info *tracker = &view->tracker;
	char text[BLKSNAP_ID_TEXT], image[64];

	output_number(object, "size", tracker->device_size);
	output_number(object, "block_size", tracker->block_size);
	output_number(object, "block_count", tracker->block_count);
	output_text(object, "generation", blksnap_id_format(&tracker->generation, text));
	output_number(object, "number", tracker->number);
	snprintf(image, sizeof(image), "/dev/%s", view->image.name);
	output_text(object, "image", *view->image.name ? image : NULL);
	json_object_object_add(object, "error", json_object_new_int(view->image.error));
}

struct json_object *device_json(const struct device_view *view)
{
	struct json_object *object = json_object_new_object();

	output_text(object, "device", view->path);
	json_object_object_add(object, "tracked", json_object_new_boolean(view->tracked));
	if (view->tracked)
		add_tracker(object, view);
	return object;
}

void device_print(const struct device_view *view)
{
	char text[BLKSNAP_ID_TEXT], size[SIZE_TEXT];

	printf("device:      %s\n", view->path);
	printf("tracked:     %s\n", view->tracked ? "yes" : "no");
	if (!view->tracked)
		return;
	printf("size:        %s\n", size_format(view->tracker.device_size, size));
	printf("block size:  %s\n", size_format(view->tracker.block_size, size));
	printf("generation:  %s\n", blksnap_id_format(&view->tracker.generation, text));
	printf("number:      %u\n", view->tracker.number);
	if (*view->image.name)
		printf("image:       /dev/%s\n", view->image.name);
	if (view->image.error)
		printf("lost:        %s\n",
		       blksnap_strerror(BLKSNAP_IMAGE_INFO, view->image.error));
}
