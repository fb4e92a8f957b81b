/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes to the standard error: lines that begin with the program's name. */
#ifndef BLKSNAP_SAY_H
#define BLKSNAP_SAY_H

#include <blksnap/blksnap.h>

void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The message, a colon and the text of the negative errno. */
void say_error(int error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The message, a colon and the library's sentence for it. */
void say_failed(enum blksnap_operation operation, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
