// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "say.h"

/* A program in the middle must not see the message in front of earlier results. */
static void print(const char *format, va_list arguments)
{
	fflush(stdout);
	fputs("blksnap-agent: ", stderr);
	vfprintf(stderr, format, arguments);
}

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print(format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

void say_error(int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print(format, arguments);
	va_end(arguments);
	fprintf(stderr, ": %s\n", strerror(error < 0 ? -error : error));
}

void say_failed(enum blksnap_operation operation, int error, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print(format, arguments);
	va_end(arguments);
	fprintf(stderr, ": %s\n", blksnap_strerror(operation, error));
}
