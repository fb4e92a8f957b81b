// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include <blksnap/blksnap.h>
#include <linux/blk-filter.h>
#include <linux/blksnap.h>

#include "call.h"

#define FILTER_NAME	"blksnap"

/* Structures of the library are passed to the kernel unconverted. */
_Static_assert(sizeof(struct blksnap_id) == sizeof(struct blksnap_uuid), "id");
_Static_assert(sizeof(struct blksnap_range) == sizeof(struct blksnap_sectors), "range");
_Static_assert(offsetof(struct blksnap_range, count) == offsetof(struct blksnap_sectors, count),
	       "range");

/* Checked before open(), which has side effects on a FIFO or a tape. */
int blksnap_device_open(const char *path)
{
	struct stat st;

	if (stat(path, &st))
		return -errno;
	if (!S_ISBLK(st.st_mode))
		return -ENOTBLK;
	return call_open(path);
}

static int filter(int device, unsigned long request)
{
	struct blkfilter_name name = { .name = FILTER_NAME };

	return call_plain(device, request, &name);
}

int blksnap_attach(int device)
{
	return filter(device, BLKFILTER_ATTACH);
}

int blksnap_detach(int device)
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

int blksnap_tracker_info(int device, struct blksnap_tracker_info *info)
{
	struct blksnap_cbtinfo cbt = {};
	int ret = command_plain(device, blkfilter_ctl_blksnap_cbtinfo, &cbt, sizeof(cbt));

	if (ret)
		return ret;
	memset(info, 0, sizeof(*info));
	info->device_size = cbt.device_capacity;
	info->block_size = cbt.block_size;
	info->block_count = cbt.block_count;
	memcpy(&info->generation, &cbt.generation_id, sizeof(info->generation));
	info->number = cbt.changes_number;
	return 0;
}

int blksnap_map_read(int device, uint32_t first, uint8_t *map, uint32_t length)
{
	struct blksnap_cbtmap cbt = {
		.offset = first,
		.length = length,
		.buffer = map,
	};

	return command(device, blkfilter_ctl_blksnap_cbtmap, &cbt, sizeof(cbt));
}

int blksnap_mark_dirty(int device, const struct blksnap_range *ranges, size_t count)
{
	while (count) {
		struct blksnap_cbtdirty dirty = {
			.count = call_batch(count),
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

int blksnap_snapshot_add(int device, const struct blksnap_id *id)
{
	struct blksnap_snapshotadd add;

	memcpy(&add.id, id, sizeof(add.id));
	return command_plain(device, blkfilter_ctl_blksnap_snapshotadd, &add, sizeof(add));
}

int blksnap_image_info(int device, struct blksnap_image_info *info)
{
	struct blksnap_snapshotinfo image = {};
	int ret = command_plain(device, blkfilter_ctl_blksnap_snapshotinfo, &image, sizeof(image));

	if (ret)
		return ret;
	memset(info, 0, sizeof(*info));
	info->error = image.error_code;
	memcpy(info->name, image.image, sizeof(image.image));
	return 0;
}
