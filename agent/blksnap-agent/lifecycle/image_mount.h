/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounting the images of a snapshot, each on a folder of its own. */
#ifndef BLKSNAP_IMAGE_MOUNT_H
#define BLKSNAP_IMAGE_MOUNT_H

#include "state/snapshot_status.h"
#include "string_list.h"

/**
 * struct mounting - the mount of all images of a snapshot
 * @snapshot: the snapshot
 * @path: of the folder for the mount points
 * @dir: descriptor of that folder
 * @names: names of the mount points so far
 * @folders: their paths
 * @devices: their devices
 */
struct mounting {
	const struct snapshot_status *snapshot;
	const char *path;
	int dir;
	struct strings names;
	struct strings folders;
	struct strings devices;
};

/*
 * Mount all images of a snapshot, or none. @text is the name of the snapshot in messages. Returns
 * 0, or 1 after a message.
 */
int image_mount_all(struct mounting *mounting, const char *text);

/*
 * Unmount all images that are mounted in this mount namespace, and remove the folders. Returns 0,
 * or 1 after a message for each image that stays mounted.
 */
int image_unmount_all(const struct record *record, const char *text);

#endif
