// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "say.h"

static bool quiet, json;
static struct strings *collected;

void say_quietly(void)
{
	quiet = true;
}

void say_in_json(void)
{
	json = true;
}

bool say_is_json(void)
{
	return json;
}

void say_collect(struct strings *into)
{
	collected = into;
}

/* One line, also if there are line feeds in the text. */
static void print_json(const char *kind, const char *text)
{
	struct json_object *object = output_begin();

	output_text(object, kind, text);
	fprintf(stderr, "%s\n", output_format(object));
	json_object_put(object);
}

/* A program in the middle must not see the message in front of earlier results. */
static void print(const char *kind, const char *text, const char *reason)
{
	char *whole;

	if (asprintf(&whole, "%s%s%s", text, reason ? ": " : "", reason ? reason : "") < 0)
		return;
	fflush(stdout);
	if (collected)
		strings_add(collected, whole);
	else if (json)
		print_json(kind, whole);
	else
		fprintf(stderr, "blksnap-agent: %s\n", whole);
	free(whole);
}

/* Without memory for it the message is the format, which tells most. */
static void format_and_print(const char *kind, const char *reason, const char *format,
			     va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0) {
		print(kind, format, reason);
		return;
	}
	print(kind, text, reason);
	free(text);
}

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_and_print("error", NULL, format, arguments);
	va_end(arguments);
}

void say_note(const char *format, ...)
{
	va_list arguments;

	if (quiet)
		return;
	va_start(arguments, format);
	format_and_print("note", NULL, format, arguments);
	va_end(arguments);
}

void say_error(int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_and_print("error", strerror(error < 0 ? -error : error), format, arguments);
	va_end(arguments);
}

void say_failed(enum blksnap_operation operation, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_and_print("error", blksnap_strerror(operation, error), format, arguments);
	va_end(arguments);
}
