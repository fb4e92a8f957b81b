/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on the standard error: lines with the name of the program, or JSON. */
#ifndef BLKSNAP_MESSAGE_H
#define BLKSNAP_MESSAGE_H

#include <stdbool.h>

#include <blksnap/blksnap.h>

#include "string_list.h"

void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Print a note, which is not an error; nothing after message_quieten(). */
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_quieten(void);

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
