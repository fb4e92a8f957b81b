/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an incremental copy of a device is based on. */
#ifndef BLKSNAP_BACKUP_BASE_H
#define BLKSNAP_BACKUP_BASE_H

#include "catalogue.h"

/* The name of a device in a point: that which is the same after the next boot, if it has one. */
char *base_device_name(struct json_object *manifest, struct json_object *source);

/*
 * The last point with the device, if what changed since can be told and its files are all there.
 * Otherwise NULL: then *reason says why everything is to be copied.
 */
const struct point *base_find(const struct catalogue *catalogue, const char *name,
			      struct json_object *source, const char **reason);

#endif
