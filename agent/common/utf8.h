/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File names may contain any bytes; JSON is UTF-8. */
#ifndef BLKSNAP_UTF8_H
#define BLKSNAP_UTF8_H

/*
 * Returns a copy in which each byte that is not valid UTF-8 is written as \xNN. The caller frees
 * it; NULL if out of memory.
 */
char *utf8_escape(const char *text);

#endif
