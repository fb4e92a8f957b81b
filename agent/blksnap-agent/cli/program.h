/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programs of the package find each other. */
#ifndef BLKSNAP_PROGRAM_H
#define BLKSNAP_PROGRAM_H

#include <stddef.h>

/*
 * Make the path of another program from a path that is relative to the folder of this one, wherever
 * they are installed. Returns 0 or a negative errno.
 */
int program_path(const char *relative, char *path, size_t size);

#endif
