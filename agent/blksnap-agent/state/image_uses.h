/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Users of the images of a snapshot. */
#ifndef BLKSNAP_IMAGE_USES_H
#define BLKSNAP_IMAGE_USES_H

#include "state/record.h"
#include "string_list.h"

/*
 * Append the mount points of the images in this mount namespace, the last mounted first. Returns 0
 * or a negative errno.
 */
int image_uses_mounted(const struct record *record, struct strings *folders);

/* Whether a mount, by its id, is of an image of the snapshot. */
bool image_uses_is_mount(const struct record *record, int mount_id);

/*
 * Append a sentence for each other use: devices that are stacked on an image, including loop
 * devices and their partitions, and mounts in other namespaces. Returns 0 or a negative errno.
 */
int image_uses_elsewhere(const struct record *record, struct strings *texts);

#endif
