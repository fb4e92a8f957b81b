/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_TEXT_FILE_H
#define BLKSNAP_TEXT_FILE_H

/*
 * Read a small file as a string, up to 1 MiB of it. The caller frees the result; NULL with errno
 * set on failure.
 */
char *text_file_read(const char *path);

#endif
