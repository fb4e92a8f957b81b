/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the kernel is asked. */
#ifndef BLKSNAP_CALL_H
#define BLKSNAP_CALL_H

#include <stddef.h>
#include <stdint.h>

/* More ranges than this are handed over in several calls. */
#define RANGES_AT_ONCE	65536

/* What the command returns, which for some is more than 0, or a negative errno. */
int call(int fd, unsigned long request, void *argument);

/* 0 or a negative errno. */
int call_plain(int fd, unsigned long request, void *argument);

/* A descriptor for ioctls, or a negative errno. */
int call_open(const char *path);

/* How many of @count ranges the next call takes. */
uint32_t call_batch(size_t count);

#endif
