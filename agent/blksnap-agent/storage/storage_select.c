// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <blkid/blkid.h>
#include <blksnap/blksnap.h>

#include "cli/message.h"
#include "cli/settings.h"
#include "device/folder.h"
#include "device/stack.h"
#include "storage/storage_memory.h"
#include "storage/storage_select.h"

/*
 * Storage that is stacked on a device of the snapshot would itself be copied, and the kernel
 * refuses it. Storage on the device itself, or on a partition of it, is fine.
 */
static bool is_above_target(dev_t storage, const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		dev_t number = targets->items[i].member.number;

		if (stack_disk(storage) != stack_disk(number) && stack_is_on(storage, number))
			return true;
	}
	return false;
}

bool storage_select_overlaps(dev_t storage, const struct device_numbers *held)
{
	for (size_t i = 0; i < held->count; i++)
		if (stack_is_on(storage, held->items[i]))
			return true;
	return false;
}

bool storage_select_fits(dev_t storage, const struct targets *targets, char **reason)
{
	unsigned int own = stack_block_size(storage);
	int ret = 0;

	*reason = NULL;
	if (is_above_target(storage, targets))
		ret = asprintf(reason, "it is stacked on a device of the snapshot");
	for (size_t i = 0; !ret && i < targets->count; i++) {
		const struct target *target = &targets->items[i];
		unsigned int size = stack_block_size(target->member.number);

		if (own && own <= size)
			continue;
		ret = !own || !size ? asprintf(reason, "the size of blocks cannot be read from /sys") :
		      asprintf(reason, "its device has blocks of %u bytes, which do not fit %s with blocks of %u bytes",
			       own, target->member.path, size);
	}
	return !ret;
}

static int check_suits(const struct storage_place *place, const struct targets *targets)
{
	char *reason;
	bool suits = storage_select_fits(place->number, targets, &reason);

	if (!suits)
		message_error("cannot use %s for storage: %s", place->path,
			      reason ? reason : "there is not enough memory");
	free(reason);
	return suits ? 0 : 1;
}

static int check_folder(const struct storage_place *place, int fd, const struct targets *targets)
{
	const char *reason = NULL;
	int ret = blksnap_extents_check(fd, &reason);

	if (reason)
		message_error("cannot use %s for storage: %s; give a folder on ext4 or XFS, a device, or memory:SIZE",
			      place->path, reason);
	else if (ret)
		message_errno(ret, "cannot use %s for storage", place->path);
	return ret ? 1 : check_suits(place, targets);
}

/* The device is overwritten when it becomes storage, so it must be empty. */
static int check_empty(const char *path)
{
	blkid_probe probe = blkid_new_probe_from_filename(path);
	const char *type = NULL;
	int ret;

	if (!probe) {
		message_errno(-errno, "cannot look at device %s", path);
		return 1;
	}
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_enable_partitions(probe, 1);
	ret = blkid_do_safeprobe(probe);
	if (ret == 1) {
		blkid_free_probe(probe);
		return 0;
	}
	if (blkid_probe_lookup_value(probe, "TYPE", &type, NULL))
		blkid_probe_lookup_value(probe, "PTTYPE", &type, NULL);
	message_error("cannot use device %s as storage: it holds data (%s); if it is not needed, run wipefs --all %s",
		      path, type ? type : "of some kind", path);
	blkid_free_probe(probe);
	return 1;
}

static int check_device(const struct storage_place *place, const struct targets *targets)
{
	int fd = storage_place_claim(place);

	if (fd < 0) {
		message_errno(fd, "cannot use device %s as storage", place->path);
		return 1;
	}
	close(fd);
	for (size_t i = 0; i < targets->count; i++) {
		dev_t number = targets->items[i].member.number;

		if (number != place->number && !stack_is_on(number, place->number) &&
		    !stack_is_on(place->number, number))
			continue;
		message_error("cannot use device %s as storage: it has a part in the snapshot", place->path);
		return 1;
	}
	return check_suits(place, targets) || check_empty(place->path);
}

static int look_at_folder(struct storage_place *place, const struct targets *targets)
{
	int fd = folder_open(place->path, NULL);
	struct stat st;
	int status;

	if (fd < 0 || fstat(fd, &st)) {
		message_errno(fd < 0 ? fd : -errno, "cannot use %s for storage", place->path);
		if (fd >= 0)
			close(fd);
		return 1;
	}
	place->number = st.st_dev;
	status = check_folder(place, fd, targets);
	close(fd);
	return status;
}

static int look_at(struct storage_place *place, const struct targets *targets)
{
	struct stat st;

	if (stat(place->path, &st)) {
		message_errno(-errno, "cannot use %s for storage", place->path);
		return 1;
	}
	place->device = S_ISBLK(st.st_mode);
	if (!place->device)
		return look_at_folder(place, targets);
	place->number = st.st_rdev;
	return check_device(place, targets);
}

/* Only checked. When the storage is made, its loop device is given instead. */
static int add_memory(const char *text, struct storage_places *places)
{
	struct storage_place place = { .path = (char *)text, .device = true };
	uint64_t bytes;
	int ret, status = storage_memory_check(text, &bytes);

	ret = status ? 0 : storage_places_add(places, &place);
	if (ret)
		message_errno(ret, "cannot use %s for storage", text);
	return status || ret ? 1 : 0;
}

int storage_select_given(const char *path, const struct targets *targets,
			 struct storage_places *places)
{
	struct storage_place place = {};
	uint64_t bytes;
	int ret, status;

	if (settings_memory(path, &bytes) != -ENOENT)
		return add_memory(path, places);
	place.path = realpath(path, NULL);
	if (!place.path) {
		message_errno(-errno, "cannot use %s for storage", path);
		return 1;
	}
	status = look_at(&place, targets);
	ret = status ? 0 : storage_places_add(places, &place);
	if (ret)
		message_errno(ret, "cannot use %s for storage", path);
	free(place.path);
	return status || ret ? 1 : 0;
}

void storage_select_warn(const struct storage_place *place, const struct device_numbers *held)
{
	if (storage_select_overlaps(place->number, held))
		message_note("%s is on a device of another snapshot; if that snapshot stores on a device of this one, they can wait for each other until one is lost",
			     place->path);
}
