/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A notice of what a command is waiting for. */
#ifndef BLKSNAP_WAIT_NOTICE_H
#define BLKSNAP_WAIT_NOTICE_H

/*
 * Print the notice once if wait_notice_end() is not called within a second, or ten seconds if the
 * standard error is not a terminal. A thread prints it, since the caller may be in uninterruptible
 * sleep in a file system. The caller must not fork before wait_notice_end().
 */
void wait_notice_begin(const char *format, ...) __attribute__((format(printf, 1, 2)));
void wait_notice_end(void);

#endif
