// SPDX-License-Identifier: GPL-2.0-or-later
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "state/held_devices.h"
#include "state/record.h"

/* The disk of an image is named for the image's origin. */
static void add_image_origins(struct device_numbers *held)
{
	unsigned int major, minor;
	glob_t images;

	if (glob("/sys/block/blksnap-image_*", GLOB_NOSORT, NULL, &images))
		return;
	for (size_t i = 0; i < images.gl_pathc; i++)
		if (sscanf(images.gl_pathv[i], "/sys/block/blksnap-image_%u:%u", &major,
			   &minor) == 2)
			device_numbers_add(held, makedev(major, minor));
	globfree(&images);
}

static void add_recorded(const struct blksnap_id *id, struct device_numbers *held)
{
	struct record record;

	if (!record_read(&record, id))
		for (size_t i = 0; i < record.devices.count; i++)
			device_numbers_add(held, record.devices.items[i].number);
	record_free(&record);
}

void held_devices_list(const struct blksnap_id *own, struct device_numbers *held)
{
	struct blksnap_id *ids = NULL;
	size_t count = 0;

	add_image_origins(held);
	record_list(&ids, &count);
	for (size_t i = 0; i < count; i++)
		if (memcmp(&ids[i], own, sizeof(*own)))
			add_recorded(&ids[i], held);
	free(ids);
}
