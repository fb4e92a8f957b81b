// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state/runtime.h"
#include "state/view.h"
#include "storage/storage_file.h"

int view_image(const struct member *member, char image[64], int *error)
{
	struct blksnap_image_info info;
	int fd = member_open(member);
	int ret;

	*image = '\0';
	if (fd < 0)
		return fd;
	ret = blksnap_image_info(fd, &info);
	close(fd);
	if (ret)
		return ret;
	*error = info.error;
	if (*info.name)
		snprintf(image, 64, "/dev/%s", info.name);
	return 0;
}

/* What udev makes of the same attributes. */
static void find_link(struct view_device *device, const struct blksnap_id *id)
{
	char path[128], text[BLKSNAP_ID_TEXT], *origin;

	snprintf(path, sizeof(path), "/sys/block/%s/blksnap/origin",
		 device->image + strlen("/dev/"));
	origin = *device->image ? runtime_read(path) : NULL;
	if (!origin)
		return;
	origin[strcspn(origin, "\n")] = '\0';
	snprintf(device->link, sizeof(device->link), "/dev/blksnap/%s/%s",
		 blksnap_id_format(id, text), origin);
	if (access(device->link, F_OK))
		*device->link = '\0';
	free(origin);
}

/* A device that is gone, or tracked no more, has no image that could be right. */
static void look_at_device(struct view_device *device, const struct blksnap_id *id)
{
	int ret = view_image(device->member, device->image, &device->error);

	if (ret)
		device->error = ret;
	find_link(device, id);
}

static uint64_t bytes_in(const struct storage_place *place, const struct blksnap_id *id)
{
	int dir = place->device ? -ENOTDIR : storage_place_open(place);
	uint64_t bytes;

	if (dir < 0)
		return 0;
	bytes = storage_file_bytes(dir, id);
	close(dir);
	return bytes;
}

/* Who looks after it knows best; what it does not tell is counted. */
static void find_storage(struct view *view)
{
	const struct record *record = &view->record;
	char *path = runtime_path(&record->id, "storage");
	char *text = path ? runtime_read(path) : NULL;
	bool told = text && sscanf(text, "%" SCNu64 " %" SCNu64, &view->allocated,
				   &view->wanted) == 2;

	free(text);
	free(path);
	for (size_t i = 0; !told && i < record->storage.count; i++)
		view->allocated += bytes_in(&record->storage.items[i], &record->id);
}

static const char *state_of(const struct view *view)
{
	if (view->record.state != RECORD_TAKEN)
		return "creating";
	for (size_t i = 0; i < view->record.devices.count; i++)
		if (view->devices[i].error)
			return "lost";
	return "taken";
}

static int look(struct view *view)
{
	const struct record *record = &view->record;

	view->managed = true;
	view->devices = calloc(record->devices.count + 1, sizeof(*view->devices));
	if (!view->devices)
		return -ENOMEM;
	for (size_t i = 0; i < record->devices.count; i++) {
		view->devices[i].member = &record->devices.items[i];
		look_at_device(&view->devices[i], &record->id);
	}
	find_storage(view);
	if (runtime_locked(&record->id, "monitor"))
		view->monitor = runtime_lock_owner(&record->id, "monitor");
	view->state = state_of(view);
	return 0;
}

int view_open(struct view *view, const struct blksnap_id *id)
{
	int ret;

	memset(view, 0, sizeof(*view));
	ret = record_read(&view->record, id);
	if (!ret)
		return look(view);
	if (ret != -ENOENT)
		return ret;
	view->record.id = *id;
	view->state = "unmanaged";
	return 0;
}

void view_free(struct view *view)
{
	free(view->devices);
	record_free(&view->record);
}
