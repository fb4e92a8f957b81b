/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results: JSON with a schema, or text for people. */
#ifndef BLKSNAP_OUTPUT_H
#define BLKSNAP_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

/* Changes when what is there changes its meaning; not when something is added. */
#define OUTPUT_SCHEMA	"blksnap-agent/1"

/* An object that says what schema it has. */
struct json_object *output_begin(void);

/* As one line; it belongs to the object. */
const char *output_format(struct json_object *object);

/* Prints and releases it; 0, or 1 after a message. */
int output_end(struct json_object *object);

/* Whether all could be written; 0, or 1 after a message. */
int output_flush(void);

/* Bytes that are not UTF-8 are written as \xNN. */
struct json_object *output_string(const char *text);
void output_text(struct json_object *object, const char *name, const char *value);
void output_number(struct json_object *object, const char *name, uint64_t value);

/* RFC 3339, or null for 0. */
void output_time(struct json_object *object, const char *name, int64_t seconds);

/* A time as RFC 3339. */
#define OUTPUT_TIME	32
const char *output_time_text(int64_t seconds, char text[OUTPUT_TIME]);

enum output_colour {
	OUTPUT_GOOD,
	OUTPUT_BAD,
	OUTPUT_DOUBTFUL,
};

/* The text padded to a width, in colour on a terminal. */
void output_coloured(enum output_colour colour, const char *text, int width);

#endif
