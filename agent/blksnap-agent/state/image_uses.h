/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who uses the images of a snapshot. */
#ifndef BLKSNAP_IMAGE_USES_H
#define BLKSNAP_IMAGE_USES_H

#include "state/record.h"
#include "string_list.h"

/* The mount points of the images for this process, the last mounted first; 0 or an errno. */
int image_uses_mounted(const struct record *record, struct strings *folders);

/* Whether the mount with this id is of one of the images. */
bool image_uses_is_mount(const struct record *record, int mount_id);

/*
 * A sentence for each other use: devices that lie on an image, also partitions of loop devices,
 * and mounts that only other processes see. 0 or a negative errno.
 */
int image_uses_elsewhere(const struct record *record, struct strings *texts);

#endif
