/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is printed: results to the standard output, as lines "name=value" or as one JSON
 * object; everything that went wrong to the standard error.
 */
#ifndef BLKSNAP_REPORT_H
#define BLKSNAP_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>
#include <blksnap/blksnap.h>

/* Prints "blksnap: ", the message and the text of the negative errno @error. */
void report_error(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same where no errno says what is wrong. */
void report_problem(const char *format, ...) __attribute__((format(printf, 1, 2)));

/**
 * struct report - one result that is being printed
 * @object: the JSON object, or NULL for lines
 * @field: if not NULL, only this value is wanted, and a line holds nothing else
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

/* A line "range=SECTOR:COUNT" for each; in JSON an array "ranges". */
void report_ranges(struct report *report, const struct blksnap_range *ranges, size_t count);

/* Returns 1, after a message, if something could not be written, else 0. */
int report_end(struct report *report);

/* A snapshot's id as text, in a buffer of this size. */
#define REPORT_ID_SIZE		BLKSNAP_ID_TEXT
const char *report_id_text(const struct blksnap_id *id, char *buffer);

#endif
