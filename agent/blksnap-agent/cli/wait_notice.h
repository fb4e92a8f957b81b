/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Telling people what is being waited for. */
#ifndef BLKSNAP_WAIT_NOTICE_H
#define BLKSNAP_WAIT_NOTICE_H

/*
 * If wait_notice_end() does not follow soon, what is done is told of, once: after a second on a
 * terminal, else after ten. A thread does that, as who waits for a file system may be in a sleep
 * that no signal ends. No process may be forked in between.
 */
void wait_notice_begin(const char *format, ...) __attribute__((format(printf, 1, 2)));
void wait_notice_end(void);

#endif
