// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/output.h"

static bool quiet, json;
static struct strings *collected;

static const char error_kind[] = "error";

void message_quieten(void)
{
	quiet = true;
}

void message_use_json(void)
{
	json = true;
}

bool message_is_json(void)
{
	return json;
}

void message_collect(struct strings *into)
{
	collected = into;
}

/*
 * The prefix from which the journal reads the priority of a line, if the standard error is
 * connected to the journal.
 */
static const char *priority(const char *kind)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;

	if (!stream || sscanf(stream, "%ju:%ju", &device, &inode) != 2 ||
	    fstat(STDERR_FILENO, &st) || st.st_dev != device || st.st_ino != inode)
		return "";
	return kind == error_kind ? "<3>" : "<5>";
}

/* One object is one line; JSON escapes line feeds in the text. */
static void print_json(const char *kind, const char *text)
{
	struct json_object *object = output_begin();

	output_text(object, kind, text);
	fprintf(stderr, "%s\n", output_format(object));
	json_object_put(object);
}

/* Names come from users, and may contain escape sequences for the terminal. */
char *message_printable(char *text)
{
	for (char *byte = text; *byte; byte++)
		if ((*byte > 0 && *byte < ' ' && *byte != '\n' && *byte != '\t') || *byte == 0x7f)
			*byte = '?';
	return text;
}

/* The standard output is flushed first, so that messages and results stay in order in a pipe. */
static void print_message(const char *kind, const char *text, const char *reason)
{
	char *whole;

	if (asprintf(&whole, "%s%s%s", text, reason ? ": " : "", reason ? reason : "") < 0)
		return;
	fflush(stdout);
	if (collected && kind == error_kind)
		strings_add(collected, whole);
	else if (json)
		print_json(kind, whole);
	else
		fprintf(stderr, "%sblksnap-agent: %s\n", priority(kind), message_printable(whole));
	free(whole);
}

/* Out of memory: print the format itself. */
static void format_and_print(const char *kind, const char *reason, const char *format,
			     va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0) {
		print_message(kind, format, reason);
		return;
	}
	print_message(kind, text, reason);
	free(text);
}

void message_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_and_print(error_kind, NULL, format, arguments);
	va_end(arguments);
}

void message_note(const char *format, ...)
{
	va_list arguments;

	if (quiet)
		return;
	va_start(arguments, format);
	format_and_print("note", NULL, format, arguments);
	va_end(arguments);
}

void message_errno(int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_and_print(error_kind, strerror(error < 0 ? -error : error), format, arguments);
	va_end(arguments);
}

void message_failed(enum blksnap_operation operation, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_and_print(error_kind, blksnap_strerror(operation, error), format, arguments);
	va_end(arguments);
}
