/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Calls to the kernel. */
#ifndef BLKSNAP_CALL_H
#define BLKSNAP_CALL_H

#include <stddef.h>
#include <stdint.h>

/* Longer arrays of ranges are passed in several calls. */
#define RANGES_AT_ONCE	65536

/* Returns the result of the command, which may be positive, or a negative errno. */
int call(int fd, unsigned long request, void *argument);

/* The same for commands that return 0. */
int call_plain(int fd, unsigned long request, void *argument);

/* Open a file for ioctls. Returns a descriptor or a negative errno. */
int call_open(const char *path);

/* Returns how many of @count ranges the next call passes. */
uint32_t call_batch(size_t count);

#endif
