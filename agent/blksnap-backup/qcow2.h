/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef BLKSNAP_BACKUP_QCOW2_H
#define BLKSNAP_BACKUP_QCOW2_H

#include <stdint.h>

/*
 * Looks at the header of a file before QEMU does. It has to be a qcow2 of @size bytes whose backing
 * file is named @backing (NULL: it has none), without an external data file or encryption: a
 * crafted one could have QEMU read any file of this machine. 0 or -1 after a message, in which
 * @name stands for the file.
 */
int qcow2_check(int fd, const char *name, const char *backing, uint64_t size);

#endif
