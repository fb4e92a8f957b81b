/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot as JSON. */
#ifndef BLKSNAP_SNAPSHOT_REPORT_H
#define BLKSNAP_SNAPSHOT_REPORT_H

#include <json-c/json.h>

#include "state/snapshot_status.h"

/* Adds what is known of the snapshot to an object. */
void snapshot_report_json(struct json_object *object, const struct snapshot_status *snapshot);

/* Prints the state, padded. */
void snapshot_report_state(const char *state, int width);

/* What the negative errno of an image means; a string that is not freed. */
const char *snapshot_report_error(int error);

#endif
