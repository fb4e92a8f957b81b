// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state/runtime.h"
#include "state/snapshot_status.h"
#include "storage/storage_file.h"
#include "text_file.h"

int snapshot_status_image(const struct member *member, char image[64], int *error)
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

/* The link that the udev rules create from the same attributes. */
static void find_link(struct image_status *device, const struct blksnap_id *id)
{
	char path[128], text[BLKSNAP_ID_TEXT], *origin;

	snprintf(path, sizeof(path), "/sys/block/%s/blksnap/origin",
		 device->image + strlen("/dev/"));
	origin = *device->image ? text_file_read(path) : NULL;
	if (!origin)
		return;
	origin[strcspn(origin, "\n")] = '\0';
	snprintf(device->link, sizeof(device->link), "/dev/blksnap/%s/%s",
		 blksnap_id_format(id, text), origin);
	if (access(device->link, F_OK))
		*device->link = '\0';
	free(origin);
}

/* A device that is gone, or not tracked any more, has lost its image. */
static void read_device(struct image_status *device, const struct blksnap_id *id)
{
	int ret = snapshot_status_image(device->member, device->image, &device->error);

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

/*
 * The creator, and then the monitor, write how much storage there is. Before, files are counted.
 */
static void find_storage(struct snapshot_status *snapshot)
{
	const struct record *record = &snapshot->record;
	bool told = !storage_level_read(&record->id, &snapshot->level);

	for (size_t i = 0; !told && i < record->storage.places.count; i++)
		snapshot->level.allocated += bytes_in(&record->storage.places.items[i],
						      &record->id);
}

static const char *state_of(const struct snapshot_status *snapshot)
{
	if (snapshot->record.state != RECORD_TAKEN)
		return "creating";
	for (size_t i = 0; i < snapshot->record.devices.count; i++)
		if (snapshot->devices[i].error)
			return "lost";
	return "taken";
}

static int read_managed(struct snapshot_status *snapshot)
{
	const struct record *record = &snapshot->record;

	snapshot->managed = true;
	snapshot->devices = calloc(record->devices.count + 1, sizeof(*snapshot->devices));
	if (!snapshot->devices)
		return -ENOMEM;
	for (size_t i = 0; i < record->devices.count; i++) {
		snapshot->devices[i].member = &record->devices.items[i];
		read_device(&snapshot->devices[i], &record->id);
	}
	find_storage(snapshot);
	if (runtime_locked(&record->id, "monitor"))
		snapshot->monitor = runtime_lock_owner(&record->id, "monitor");
	snapshot->state = state_of(snapshot);
	return 0;
}

int snapshot_status_read(struct snapshot_status *snapshot, const struct blksnap_id *id)
{
	int ret;

	memset(snapshot, 0, sizeof(*snapshot));
	ret = record_read(&snapshot->record, id);
	if (!ret)
		return read_managed(snapshot);
	if (ret != -ENOENT)
		return ret;
	snapshot->record.id = *id;
	snapshot->state = "unmanaged";
	return 0;
}

void snapshot_status_free(struct snapshot_status *snapshot)
{
	free(snapshot->devices);
	record_free(&snapshot->record);
}
