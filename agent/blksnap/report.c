// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

/* The standard output is flushed first, so that messages and results stay in order in a pipe. */
static void print_message(const char *format, va_list arguments)
{
	fflush(stdout);
	fputs("blksnap: ", stderr);
	vfprintf(stderr, format, arguments);
}

void report_error(int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_message(format, arguments);
	va_end(arguments);
	fprintf(stderr, ": %s\n", strerror(-error));
}

void report_problem(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_message(format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

void report_begin(struct report *report, bool json, const char *field)
{
	report->object = json ? json_object_new_object() : NULL;
	report->field = field;
}

static bool is_wanted(const struct report *report, const char *name)
{
	return !report->field || !strcmp(report->field, name);
}

static void print_name(const struct report *report, const char *name)
{
	if (!report->field)
		printf("%s=", name);
}

void report_number(struct report *report, const char *name, uint64_t value)
{
	if (!is_wanted(report, name))
		return;
	if (report->object) {
		json_object_object_add(report->object, name, json_object_new_uint64(value));
		return;
	}
	print_name(report, name);
	printf("%" PRIu64 "\n", value);
}

void report_signed(struct report *report, const char *name, int64_t value)
{
	if (!is_wanted(report, name))
		return;
	if (report->object) {
		json_object_object_add(report->object, name, json_object_new_int64(value));
		return;
	}
	print_name(report, name);
	printf("%" PRId64 "\n", value);
}

void report_text(struct report *report, const char *name, const char *value)
{
	if (!is_wanted(report, name))
		return;
	if (report->object) {
		json_object_object_add(report->object, name, json_object_new_string(value));
		return;
	}
	print_name(report, name);
	puts(value);
}

void report_id(struct report *report, const char *name, const struct blksnap_id *id)
{
	char text[REPORT_ID_SIZE];

	report_text(report, name, report_id_text(id, text));
}

static struct json_object *ranges_to_json(const struct blksnap_range *ranges, size_t count)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		struct json_object *range = json_object_new_object();

		json_object_object_add(range, "offset",
				       json_object_new_uint64(ranges[i].sector));
		json_object_object_add(range, "count",
				       json_object_new_uint64(ranges[i].count));
		json_object_array_add(array, range);
	}
	return array;
}

void report_ranges(struct report *report, const struct blksnap_range *ranges, size_t count)
{
	if (report->object) {
		json_object_object_add(report->object, "ranges", ranges_to_json(ranges, count));
		return;
	}
	for (size_t i = 0; i < count; i++)
		printf("range=%" PRIu64 ":%" PRIu64 "\n", ranges[i].sector,
		       ranges[i].count);
}

int report_end(struct report *report)
{
	if (report->object) {
		puts(json_object_to_json_string_ext(report->object, JSON_C_TO_STRING_PLAIN |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
		json_object_put(report->object);
		report->object = NULL;
	}
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	report_error(errno ? -errno : -EIO, "cannot write the result");
	return 1;
}

const char *report_id_text(const struct blksnap_id *id, char *buffer)
{
	return blksnap_id_format(id, buffer);
}
