/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages on the standard error: lines with the name of the program, or JSON. If the standard error
 * is the journal, they are sent to it with fields of their own.
 */
#ifndef BLKSNAP_MESSAGE_H
#define BLKSNAP_MESSAGE_H

#include <stdbool.h>

#include <blksnap/blksnap.h>

#include "string_list.h"

void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Print a note, which is not an error; nothing after message_quieten(). */
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_quieten(void);

/*
 * What happens without a user who looks on. In the journal each has a MESSAGE_ID and a priority;
 * blksnap-agent(8) has the table.
 */
enum message_event {
	MESSAGE_IMAGE_LOST,
	MESSAGE_STORAGE_SHORT,
	MESSAGE_STORAGE_GROWN,
	MESSAGE_EXPIRED,
	MESSAGE_MONITOR_FAILED,
	MESSAGE_MONITOR_STOPPED,
	MESSAGE_MONITOR_MISSING,
	MESSAGE_UNFINISHED,
	MESSAGE_GONE,
	MESSAGE_LEFTOVER_REMOVED,
	MESSAGE_STORAGE_LEFT,
	MESSAGE_HOOK_FAILED,
};

/* Print a message about an event, as an error or as a note. */
void message_event(enum message_event event, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What the further messages of this process are about, in the journal; NULL: nothing. */
enum message_field {
	MESSAGE_SNAPSHOT,
	MESSAGE_NAME,
	MESSAGE_DEVICE,
	MESSAGE_FIELDS,
};

void message_set_field(enum message_field field, const char *value);

/* Print the message, a colon, and the text of the errno. */
void message_errno(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Print the message, a colon, and libblksnap's explanation of the error. */
void message_failed(enum blksnap_operation operation, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Print each further message as a JSON object with the member "error" or "note", one a line. */
void message_use_json(void);
bool message_is_json(void);

/* Append further errors to @into instead of printing them, until called with NULL. */
void message_collect(struct strings *into);

/* Replace control characters except line feeds and tabs in place. Returns @text. */
char *message_printable(char *text);

#endif
