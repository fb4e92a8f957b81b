/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folders that images are mounted on, which may lie below somebody else's. */
#ifndef BLKSNAP_MOUNT_POINT_H
#define BLKSNAP_MOUNT_POINT_H

#include <stdbool.h>
#include "state/record.h"

/*
 * Makes a folder in an open one, or takes one of root's that is there: a descriptor of it, or -1
 * after a message, also if that is a symbolic link or belongs to somebody else. @path is that of
 * @dir, for messages. *made tells whether it was made.
 */
int mount_point_make(int dir, const char *path, const char *name, bool *made);

/* Mounts on an open folder, whatever its path leads to by now. 0 or a negative errno. */
int mount_point_mount(int folder, const char *image, const char *type, const char *options);

/*
 * Unmounts an image that is mounted at a path, and removes the folder. 0 or a negative errno,
 * -EXDEV if something else is mounted there by now.
 */
int mount_point_unmount(const char *path, const struct record *record);

#endif
