/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of files may be any bytes, JSON is UTF-8. */
#ifndef BLKSNAP_UTF8_H
#define BLKSNAP_UTF8_H

/* A copy in which each byte that is not UTF-8 is written as \xNN; to be freed, or NULL. */
char *utf8_escape(const char *text);

#endif
