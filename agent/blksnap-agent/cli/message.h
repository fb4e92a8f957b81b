/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes to the standard error: lines that begin with the program's name, or JSON. */
#ifndef BLKSNAP_MESSAGE_H
#define BLKSNAP_MESSAGE_H

#include <stdbool.h>

#include <blksnap/blksnap.h>

#include "string_list.h"

void message_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What is no error, and not said after message_quieten(). */
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_quieten(void);

/* The message, a colon and the text of the negative errno. */
void message_errno(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The message, a colon and the library's sentence for it. */
void message_failed(enum blksnap_operation operation, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* From now on each message is an object with the field "error" or "note", one a line. */
void message_use_json(void);
bool message_is_json(void);

/* Errors are appended here instead, until it is called with NULL. */
void message_collect(struct strings *into);

/* Replaces what would control a terminal, but for line feeds; returns @text. */
char *message_printable(char *text);

#endif
