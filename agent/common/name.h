/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of block devices. */
#ifndef BLKSNAP_DEVICE_H
#define BLKSNAP_DEVICE_H

#include <sys/types.h>

/*
 * Resolve a device that was given as a path, or as UUID=, LABEL=, PARTUUID= or PARTLABEL=. Images
 * of snapshots, which have the tags of their origins, are ignored. Returns 0 with a path that the
 * caller frees, -ENOENT if no device has the tag, -ENOTUNIQ if several devices have it and none is
 * preferred, or -ENOMEM. A path is returned unchanged, even if it does not exist.
 */
int name_resolve(const char *name, char **path);

/* Returns a path of the device with a number. The caller frees it; NULL if there is none. */
char *name_of_device(dev_t number);

#endif
