// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/message.h"
#include "device/mounts.h"
#include "lifecycle/sync_btrfs.h"

static bool is_on_target(struct libmnt_fs *fs, const struct targets *targets)
{
	struct fs_devices devices = {};
	bool found = false;

	if (!mounts_devices(fs, &devices))
		for (size_t i = 0; i < devices.count; i++)
			found |= targets_have(targets, devices.items[i].number);
	free(devices.items);
	return found;
}

static bool sync_if_on_target(struct libmnt_fs *fs, void *argument)
{
	const char *type = mnt_fs_get_fstype(fs);
	int fd;

	if (!type || strcmp(type, "btrfs") || !is_on_target(fs, argument))
		return false;
	fd = mounts_open_folder(fs, NULL);
	if (fd < 0 || syncfs(fd))
		message_errno(fd < 0 ? fd : -errno, "cannot write out the file system at %s",
			      mnt_fs_get_target(fs));
	if (fd >= 0)
		close(fd);
	return false;
}

void sync_btrfs(struct targets *targets)
{
	mounts_visit(sync_if_on_target, targets);
}
