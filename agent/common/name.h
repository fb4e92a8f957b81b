/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of block devices. */
#ifndef BLKSNAP_DEVICE_H
#define BLKSNAP_DEVICE_H

#include <sys/types.h>

/*
 * The path of a device that was given as a path or as UUID=, LABEL=, PARTUUID= or
 * PARTLABEL=. An image of a snapshot carries the tags of its origin and is never what is
 * meant by one. Returns 0 and a path to be freed, -ENOENT if no device has this tag,
 * -ENOTUNIQ if several have it and none is to be preferred, or -ENOMEM. A path is returned
 * as it is, whether it leads anywhere or not.
 */
int name_resolve(const char *name, char **path);

/* A path that leads to the device of this number, to be freed, or NULL. */
char *name_of_device(dev_t number);

#endif
