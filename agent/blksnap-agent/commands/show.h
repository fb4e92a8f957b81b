/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A snapshot as JSON. */
#ifndef BLKSNAP_SHOW_H
#define BLKSNAP_SHOW_H

#include <json-c/json.h>

#include "state/view.h"

/* Adds what is known of the snapshot to an object. */
void show_json(struct json_object *object, const struct view *view);

/* Prints the state, padded. */
void show_state(const char *state, int width);

#endif
