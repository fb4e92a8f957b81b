// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <blksnap/blksnap.h>
#include <linux/blksnap.h>

#include "call.h"

int blksnap_control_open(void)
{
	return call_open("/dev/" BLKSNAP_CTL);
}

int blksnap_module_version(int control, struct blksnap_module_version *version)
{
	struct blksnap_version answer = {};
	int ret = call_plain(control, IOCTL_BLKSNAP_VERSION, &answer);

	if (ret)
		return ret;
	version->major = answer.major;
	version->minor = answer.minor;
	version->revision = answer.revision;
	version->build = answer.build;
	return 0;
}

int blksnap_snapshot_create(int control, struct blksnap_id *id)
{
	return call_plain(control, IOCTL_BLKSNAP_SNAPSHOT_CREATE, id);
}

static int by_id(int control, unsigned long request, const struct blksnap_id *id)
{
	struct blksnap_id copy = *id;

	return call_plain(control, request, &copy);
}

int blksnap_snapshot_destroy(int control, const struct blksnap_id *id)
{
	return by_id(control, IOCTL_BLKSNAP_SNAPSHOT_DESTROY, id);
}

int blksnap_snapshot_take(int control, const struct blksnap_id *id)
{
	return by_id(control, IOCTL_BLKSNAP_SNAPSHOT_TAKE, id);
}

int blksnap_snapshot_append(int control, const struct blksnap_id *id, const char *path,
			    const struct blksnap_range *ranges, size_t count)
{
	while (count) {
		struct blksnap_snapshot_append_storage append = {
			.bdev_path = (__u8 *)path,
			.bdev_path_size = strlen(path) + 1,
			.count = call_batch(count),
			.ranges = (struct blksnap_sectors *)ranges,
		};
		int ret;

		memcpy(&append.id, id, sizeof(append.id));
		ret = call_plain(control, IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE, &append);
		if (ret)
			return ret;
		ranges += append.count;
		count -= append.count;
	}
	return 0;
}

/* The number of snapshots may grow between the two calls; repeat them then. */
int blksnap_snapshot_list(int control, struct blksnap_id **ids, size_t *count)
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
	*ids = (struct blksnap_id *)collect.ids;
	*count = collect.count;
	return 0;
}
