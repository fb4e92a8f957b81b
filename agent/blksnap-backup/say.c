// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "say.h"
#include "utf8.h"

#define PLAIN	(JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)

static bool quiet, json;

void say_in_json(void)
{
	json = true;
}

bool say_is_json(void)
{
	return json;
}

void say_quietly(void)
{
	quiet = true;
}

bool say_is_quiet(void)
{
	return quiet;
}

static void print_json(const char *kind, const char *text)
{
	struct json_object *object = json_object_new_object();
	char *escaped = utf8_escape(text);

	json_object_object_add(object, "schema", json_object_new_string(SCHEMA));
	json_object_object_add(object, kind, json_object_new_string(escaped ? escaped : ""));
	fprintf(stderr, "%s\n", json_object_to_json_string_ext(object, PLAIN));
	json_object_put(object);
	free(escaped);
}

/* Names may come from a target that others write to, and a terminal obeys what it is sent. */
static void print_text(char *text)
{
	for (char *byte = text; *byte; byte++)
		if ((*byte > 0 && *byte < ' ') || *byte == 0x7f)
			*byte = '?';
	fprintf(stderr, "%sblksnap-backup: %s\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", text);
}

static void print(const char *kind, int error, const char *format, va_list arguments)
{
	char *text, *whole;

	fflush(stdout);
	if (vasprintf(&text, format, arguments) < 0)
		return;
	if (error && asprintf(&whole, "%s: %s", text, strerror(error)) >= 0) {
		free(text);
		text = whole;
	}
	if (json)
		print_json(kind, text);
	else
		print_text(text);
	free(text);
}

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print("error", 0, format, arguments);
	va_end(arguments);
}

void say_error(int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print("error", error, format, arguments);
	va_end(arguments);
}

void say_note(const char *format, ...)
{
	va_list arguments;

	if (quiet)
		return;
	va_start(arguments, format);
	print("note", 0, format, arguments);
	va_end(arguments);
}

void say_object(struct json_object *object)
{
	puts(json_object_to_json_string_ext(object, PLAIN));
	fflush(stdout);
	json_object_put(object);
}

void say_event(const char *name, struct json_object *rest)
{
	struct json_object *object;

	if (!json) {
		json_object_put(rest);
		return;
	}
	object = json_object_new_object();
	json_object_object_add(object, "schema", json_object_new_string(SCHEMA));
	json_object_object_add(object, "event", json_object_new_string(name));
	json_object_object_foreach(rest, key, value)
		json_object_object_add(object, key, json_object_get(value));
	json_object_put(rest);
	say_object(object);
}

int say_end(void)
{
	if (!fflush(stdout) && !ferror(stdout))
		return STATUS_OK;
	say_error(errno ? errno : EIO, "cannot write the result");
	return STATUS_FAILED;
}
