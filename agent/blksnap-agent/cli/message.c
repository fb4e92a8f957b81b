// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <unistd.h>

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "cli/message.h"
#include "cli/output.h"

static bool quiet, json;
static struct strings *collected;

/**
 * struct event - an event in the journal
 * @id: MESSAGE_ID, which never changes
 * @priority: as in syslog(3)
 */
static const struct event {
	const char *id;
	int priority;
} events[] = {
	[MESSAGE_IMAGE_LOST] = { "a19a65f89dac4a978360ac26af733e16", LOG_ERR },
	[MESSAGE_STORAGE_SHORT] = { "32936ce3a144425495d5d1430e050c01", LOG_WARNING },
	[MESSAGE_STORAGE_GROWN] = { "881b5eb257a341c8b4d49ab8c4e49547", LOG_INFO },
	[MESSAGE_EXPIRED] = { "e7da91d58cb84d56903d5a83849d2672", LOG_NOTICE },
	[MESSAGE_MONITOR_FAILED] = { "a41a3515c0524b33be0ad1002f6b790d", LOG_ERR },
	[MESSAGE_MONITOR_STOPPED] = { "902596f19952466a9e8578d72172aaaa", LOG_WARNING },
	[MESSAGE_MONITOR_MISSING] = { "3dd2b2bd7da84860b62f61b2c1e12973", LOG_WARNING },
	[MESSAGE_UNFINISHED] = { "9012fafd9c8e4613ad61d83e2fc1e3c6", LOG_WARNING },
	[MESSAGE_GONE] = { "c061fe97d7e740d1a74a31659c08cecc", LOG_WARNING },
	[MESSAGE_LEFTOVER_REMOVED] = { "bfa5b2d068964617a93e8c0b2f2c70c7", LOG_NOTICE },
	[MESSAGE_STORAGE_LEFT] = { "4f9d697a778e43609e36fe658be17e32", LOG_ERR },
	[MESSAGE_HOOK_FAILED] = { "4289aee915904b7f9b10f3c93607f5c9", LOG_ERR },
};

/* Messages without an event. */
static const struct event some_error = { NULL, LOG_ERR };
static const struct event some_note = { NULL, LOG_NOTICE };

static const char *const field_names[] = {
	[MESSAGE_SNAPSHOT] = "BLKSNAP_SNAPSHOT",
	[MESSAGE_NAME] = "BLKSNAP_NAME",
	[MESSAGE_DEVICE] = "BLKSNAP_DEVICE",
};

static char *fields[MESSAGE_FIELDS];

void message_set_field(enum message_field field, const char *value)
{
	free(fields[field]);
	if (!value || asprintf(&fields[field], "%s=%s", field_names[field], value) < 0)
		fields[field] = NULL;
}

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

/* systemd tells in the environment which file the journal is. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat st;

	return stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == device && st.st_ino == inode;
}

static void add_field(struct iovec *iov, int *count, char *text)
{
	iov[(*count)++] = (struct iovec){ text, strlen(text) };
}

static bool send_to_journal(const struct event *event, const char *text)
{
	struct iovec iov[MESSAGE_FIELDS + 3];
	char priority[16], id[64], *message;
	int count = 0;
	bool sent;

	if (asprintf(&message, "MESSAGE=%s", text) < 0)
		return false;
	add_field(iov, &count, message);
	snprintf(priority, sizeof(priority), "PRIORITY=%d", event->priority);
	add_field(iov, &count, priority);
	snprintf(id, sizeof(id), "MESSAGE_ID=%s", event->id ? event->id : "");
	if (event->id)
		add_field(iov, &count, id);
	for (int i = 0; i < MESSAGE_FIELDS; i++)
		if (fields[i])
			add_field(iov, &count, fields[i]);
	sent = !sd_journal_sendv(iov, count);
	free(message);
	return sent;
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
static void print_message(const struct event *event, const char *text, const char *reason)
{
	bool error = event->priority <= LOG_WARNING, journal = is_journal();
	char *whole;

	if (quiet && !error)
		return;
	if (asprintf(&whole, "%s%s%s", text, reason ? ": " : "", reason ? reason : "") < 0)
		return;
	fflush(stdout);
	if (collected && error)
		strings_add(collected, whole);
	else if (json)
		print_json(error ? "error" : "note", whole);
	else if (!journal || !send_to_journal(event, message_printable(whole)))
		fprintf(stderr, "blksnap-agent: %s\n", message_printable(whole));
	free(whole);
}

/* Out of memory: print the format itself. */
static void format_and_print(const struct event *event, const char *reason, const char *format,
			     va_list arguments)
{
	char *text;

	if (vasprintf(&text, format, arguments) < 0) {
		print_message(event, format, reason);
		return;
	}
	print_message(event, text, reason);
	free(text);
}

void message_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_and_print(&some_error, NULL, format, arguments);
	va_end(arguments);
}

void message_note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_and_print(&some_note, NULL, format, arguments);
	va_end(arguments);
}

void message_event(enum message_event event, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_and_print(&events[event], NULL, format, arguments);
	va_end(arguments);
}

void message_errno(int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_and_print(&some_error, strerror(error < 0 ? -error : error), format, arguments);
	va_end(arguments);
}

void message_failed(enum blksnap_operation operation, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_and_print(&some_error, blksnap_strerror(operation, error), format, arguments);
	va_end(arguments);
}
