/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files whose blocks are to be used directly: is that possible at all, and where are they?
 */
#ifndef BLKSNAP_FILE_H
#define BLKSNAP_FILE_H

#include <sys/types.h>

#include "extent.h"

/*
 * All return 0 or a negative errno. *reason says what is wrong with the file, as "it has
 * holes", or is NULL when only the errno tells.
 */

/* Whether the files of an open file's or folder's file system can be used. */
int file_check_filesystem(int fd, const char **reason);

/*
 * Writes an open file out and lists its places on the device. For storage a last block that
 * is not wholly within the file is left out.
 */
int file_locate(int fd, enum extent_use use, dev_t *device, struct ranges *ranges,
		const char **reason);

#endif
