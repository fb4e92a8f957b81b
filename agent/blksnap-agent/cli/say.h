/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes to the standard error: lines that begin with the program's name, or JSON. */
#ifndef BLKSNAP_SAY_H
#define BLKSNAP_SAY_H

#include <stdbool.h>

#include <blksnap/blksnap.h>

#include "string_list.h"

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What is no error, and not said after say_quietly(). */
void say_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_quietly(void);

/* The message, a colon and the text of the negative errno. */
void say_error(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The message, a colon and the library's sentence for it. */
void say_failed(enum blksnap_operation operation, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* From now on each message is an object with the field "error" or "note", one a line. */
void say_in_json(void);
bool say_is_json(void);

/* Errors are appended here instead, until it is called with NULL. */
void say_collect(struct strings *into);

/* Replaces what would control a terminal, but for line feeds; returns @text. */
char *text_printable(char *text);

#endif
