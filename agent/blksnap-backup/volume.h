/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One device of a point that is being made. */
#ifndef BLKSNAP_BACKUP_VOLUME_H
#define BLKSNAP_BACKUP_VOLUME_H

#include "catalogue.h"
#include "options.h"

/*
 * Copies the image of @source, an entry of "snapshot show", to a file of the new point: what
 * changed since the last point that has the device, or everything. The file is on disk, and the
 * point's manifest has an entry for the device, when this returns 0; -1 after a message.
 */
int volume_make(const struct catalogue *catalogue, struct point *point, struct json_object *source,
		const struct options *options);

#endif
