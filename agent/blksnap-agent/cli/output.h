/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Results: JSON with a schema, or text. */
#ifndef BLKSNAP_OUTPUT_H
#define BLKSNAP_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

/* The schema changes when the meaning of a member changes, not when a member is added. */
#define OUTPUT_SCHEMA	"blksnap-agent/1"

/* Create an object with the schema. */
struct json_object *output_begin(void);

/* Returns the object as one line of text, which belongs to the object. */
const char *output_format(struct json_object *object);

/* Print and release the object. Returns 0, or 1 after a message. */
int output_end(struct json_object *object);

/* Flush the standard output. Returns 0, or 1 after a message if something could not be written. */
int output_flush(void);

/* Bytes that are not valid UTF-8 are written as \xNN. */
struct json_object *output_string(const char *text);
void output_text(struct json_object *object, const char *name, const char *value);
void output_number(struct json_object *object, const char *name, uint64_t value);

/* Add a time as in RFC 3339, or null for 0. */
void output_time(struct json_object *object, const char *name, int64_t seconds);

/* Format a time as in RFC 3339. Returns @text. */
#define OUTPUT_TIME	32
const char *output_time_text(int64_t seconds, char text[OUTPUT_TIME]);

enum output_colour {
	OUTPUT_GOOD,
	OUTPUT_BAD,
	OUTPUT_DOUBTFUL,
};

/* Print the text padded to a width, in colour if the standard output is a terminal. */
void output_coloured(enum output_colour colour, const char *text, int width);

#endif
