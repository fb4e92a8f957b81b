/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Output: results on the standard output, as lines "name=value" or as one JSON object; errors on
 * the standard error.
 */
#ifndef BLKSNAP_REPORT_H
#define BLKSNAP_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>
#include <blksnap/blksnap.h>

/* Print "blksnap: ", the message, and the text of the negative errno. */
void report_error(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Print "blksnap: " and the message. */
void report_problem(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * struct report - a result that is being printed
 * @object: JSON object, or NULL for lines
 * @field: name of the only value to print, which is printed without its name; or NULL
 */
struct report {
	struct json_object *object;
	const char *field;
};

void report_begin(struct report *report, bool json, const char *field);
void report_number(struct report *report, const char *name, uint64_t value);
void report_signed(struct report *report, const char *name, int64_t value);
void report_text(struct report *report, const char *name, const char *value);
void report_id(struct report *report, const char *name, const struct blksnap_id *id);

/* Add a line "range=SECTOR:COUNT" for each range; in JSON an array "ranges". */
void report_ranges(struct report *report, const struct blksnap_range *ranges, size_t count);

/* Returns 0, or 1 after a message if something could not be written. */
int report_end(struct report *report);

/* The size of a buffer for an id. */
#define REPORT_ID_SIZE		BLKSNAP_ID_TEXT
const char *report_id_text(const struct blksnap_id *id, char *buffer);

#endif
