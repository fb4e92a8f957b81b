// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/output.h"
#include "utf8.h"

struct json_object *output_begin(void)
{
	struct json_object *object = json_object_new_object();

	output_text(object, "schema", OUTPUT_SCHEMA);
	return object;
}

int output_flush(void)
{
	errno = 0;
	if (!fflush(stdout) && !ferror(stdout))
		return 0;
	message_errno(errno ? errno : EIO, "cannot write the result");
	return 1;
}

const char *output_format(struct json_object *object)
{
	return json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
					      JSON_C_TO_STRING_NOSLASHESCAPE);
}

int output_end(struct json_object *object)
{
	puts(output_format(object));
	json_object_put(object);
	return output_flush();
}

void output_text(struct json_object *object, const char *name, const char *value)
{
	json_object_object_add(object, name, value ? output_string(value) : NULL);
}

struct json_object *output_string(const char *text)
{
	char *escaped = utf8_escape(text);
	struct json_object *object = json_object_new_string(escaped ? escaped : "");

	free(escaped);
	return object;
}

void output_number(struct json_object *object, const char *name, uint64_t value)
{
	json_object_object_add(object, name, json_object_new_uint64(value));
}

const char *output_time_text(int64_t seconds, char text[OUTPUT_TIME])
{
	time_t value = seconds;
	struct tm parts;

	if (!gmtime_r(&value, &parts) || !strftime(text, OUTPUT_TIME, "%Y-%m-%dT%H:%M:%SZ", &parts))
		*text = '\0';
	return text;
}

void output_time(struct json_object *object, const char *name, int64_t seconds)
{
	char text[OUTPUT_TIME];

	output_text(object, name, seconds ? output_time_text(seconds, text) : NULL);
}

void output_coloured(enum output_colour colour, const char *text, int width)
{
	static const char *const codes[] = { "32", "31", "33" };

	if (isatty(STDOUT_FILENO) && !getenv("NO_COLOR"))
		printf("\033[%sm%-*s\033[0m", codes[colour], width, text);
	else
		printf("%-*s", width, text);
}
