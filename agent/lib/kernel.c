// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "kernel.h"

#define FILTER_NAME	"blksnap"

static int open_for_ioctl(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int kernel_open_control(void)
{
	return open_for_ioctl(KERNEL_CONTROL_PATH);
}

/* Looked at before it is opened, since opening a FIFO or a tape would have an effect. */
int kernel_open_device(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (!S_ISBLK(st.st_mode))
		return -ENOTBLK;
	return open_for_ioctl(path);
}

/* What the command returns, which for some is more than 0. */
static int call(int fd, unsigned long request, void *argument)
{
	int ret = ioctl(fd, request, argument);

	return ret < 0 ? -errno : ret;
}

static int call_plain(int fd, unsigned long request, void *argument)
{
	int ret = call(fd, request, argument);

	return ret < 0 ? ret : 0;
}

static int filter(int device, unsigned long request)
{
	struct blkfilter_name name = { .name = FILTER_NAME };

	return call_plain(device, request, &name);
}

int kernel_attach(int device)
{
	return filter(device, BLKFILTER_ATTACH);
}

int kernel_detach(int device)
{
	return filter(device, BLKFILTER_DETACH);
}

static int command(int device, uint32_t number, void *option, uint32_t size)
{
	struct blkfilter_ctl ctl = {
		.name = FILTER_NAME,
		.cmd = number,
		.optlen = size,
		.opt = (uintptr_t)option,
	};

	return call(device, BLKFILTER_CTL, &ctl);
}

static int command_plain(int device, uint32_t number, void *option, uint32_t size)
{
	int ret = command(device, number, option, size);

	return ret < 0 ? ret : 0;
}

int kernel_cbtinfo(int device, struct blksnap_cbtinfo *info)
{
	memset(info, 0, sizeof(*info));
	return command_plain(device, blkfilter_ctl_blksnap_cbtinfo, info, sizeof(*info));
}

int kernel_cbtmap(int device, uint32_t offset, uint8_t *buffer, uint32_t length)
{
	struct blksnap_cbtmap map = {
		.offset = offset,
		.length = length,
		.buffer = buffer,
	};

	return command(device, blkfilter_ctl_blksnap_cbtmap, &map, sizeof(map));
}

static uint32_t batch(size_t count)
{
	return count < KERNEL_RANGES_AT_ONCE ? count : KERNEL_RANGES_AT_ONCE;
}

int kernel_cbtdirty(int device, const struct blksnap_sectors *ranges, size_t count)
{
	while (count) {
		struct blksnap_cbtdirty dirty = {
			.count = batch(count),
			.dirty_sectors = (struct blksnap_sectors *)ranges,
		};
		int ret = command_plain(device, blkfilter_ctl_blksnap_cbtdirty, &dirty,
					sizeof(dirty));

		if (ret)
			return ret;
		ranges += dirty.count;
		count -= dirty.count;
	}
	return 0;
}

int kernel_snapshotadd(int device, const struct blksnap_uuid *id)
{
	struct blksnap_snapshotadd add = { .id = *id };

	return command_plain(device, blkfilter_ctl_blksnap_snapshotadd, &add, sizeof(add));
}

int kernel_snapshotinfo(int device, struct blksnap_snapshotinfo *info)
{
	memset(info, 0, sizeof(*info));
	return command_plain(device, blkfilter_ctl_blksnap_snapshotinfo, info, sizeof(*info));
}

int kernel_version(int control, struct blksnap_version *version)
{
	memset(version, 0, sizeof(*version));
	return call_plain(control, IOCTL_BLKSNAP_VERSION, version);
}

int kernel_create(int control, struct blksnap_uuid *id)
{
	return call_plain(control, IOCTL_BLKSNAP_SNAPSHOT_CREATE, id);
}

int kernel_destroy(int control, const struct blksnap_uuid *id)
{
	struct blksnap_uuid copy = *id;

	return call_plain(control, IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &copy);
}

int kernel_take(int control, const struct blksnap_uuid *id)
{
	struct blksnap_uuid copy = *id;

	return call_plain(control, IOCTL_BLKSNAP_SNAPSHOT_TAKE, &copy);
}

int kernel_append_storage(int control, const struct blksnap_uuid *id, const char *path,
			  const struct blksnap_sectors *ranges, size_t count)
{
	while (count) {
		struct blksnap_snapshot_append_storage append = {
			.id = *id,
			.bdev_path = (__u8 *)path,
			.bdev_path_size = strlen(path) + 1,
			.count = batch(count),
			.ranges = (struct blksnap_sectors *)ranges,
		};
		int ret = call_plain(control, IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE, &append);

		if (ret)
			return ret;
		ranges += append.count;
		count -= append.count;
	}
	return 0;
}

/* There may be more by the second call than the first one counted: ask again then. */
int kernel_collect(int control, struct blksnap_uuid **ids, size_t *count)
{
	struct blksnap_snapshot_collect collect = { .count = 0 };
	uint32_t room = 0;
	int ret;

	while (true) {
		ret = call_plain(control, IOCTL_BLKSNAP_SNAPSHOT_COLLECT, &collect);
		if ((ret && ret != -ENODATA) || collect.count <= room)
			break;
		room = collect.count;
		free(collect.ids);
		collect.ids = calloc(room, sizeof(*collect.ids));
		if (!collect.ids)
			return -ENOMEM;
	}
	if (ret) {
		free(collect.ids);
		return ret;
	}
	*ids = collect.ids;
	*count = collect.count;
	return 0;
}

int kernel_wait_event(int control, const struct blksnap_uuid *id, uint32_t timeout_ms,
		      struct blksnap_snapshot_event *event)
{
	memset(event, 0, sizeof(*event));
	event->id = *id;
	event->timeout_ms = timeout_ms;
	return call_plain(control, IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT, event);
}
