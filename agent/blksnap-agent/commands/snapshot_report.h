/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Printing the state of a snapshot. */
#ifndef BLKSNAP_SNAPSHOT_REPORT_H
#define BLKSNAP_SNAPSHOT_REPORT_H

#include <json-c/json.h>

#include "state/snapshot_status.h"

/* Add the members of the snapshot to an object. */
void snapshot_report_json(struct json_object *object, const struct snapshot_status *snapshot);

/* Print the state, padded to a width. */
void snapshot_report_state(const char *state, int width);

/* Returns the meaning of the negative errno of an image. */
const char *snapshot_report_error(int error);

#endif
