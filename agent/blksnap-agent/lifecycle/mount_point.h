/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mount points of images, which may be in folders of other users. */
#ifndef BLKSNAP_MOUNT_POINT_H
#define BLKSNAP_MOUNT_POINT_H

#include <stdbool.h>
#include "state/record.h"

/*
 * Create a folder in the open folder @dir, or use an existing one that belongs to root. @path is
 * the path of @dir, for messages. *made tells whether the folder was created. Returns an O_PATH
 * descriptor; -1 after a message, also for a symbolic link and for another user's folder.
 */
int mount_point_make(int dir, const char *path, const char *name, bool *made);

/*
 * Mount an image on an open folder, even if its path leads elsewhere by now. Returns 0 or a
 * negative errno.
 */
int mount_point_mount(int folder, const char *image, const char *type, const char *options);

/*
 * Unmount an image by its mount point, and remove the folder. Returns 0, -EXDEV if something else
 * is mounted there, or another negative errno.
 */
int mount_point_unmount(const char *path, const struct record *record);

#endif
