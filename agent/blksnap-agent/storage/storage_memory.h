/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Storage in memory: a RAM disk, which is a loop device over a file on a tmpfs of its own.
 *
 * Nothing is left to clean up, whoever is killed: the tmpfs is mounted nowhere, its file has no
 * name, and the loop device clears itself when it is closed for the last time. It is held open by
 * the creator until the module has opened it, and then by the module and the monitor until the
 * snapshot is gone.
 */
#ifndef BLKSNAP_STORAGE_MEMORY_H
#define BLKSNAP_STORAGE_MEMORY_H

#include <stdint.h>

/*
 * Check whether there is memory for a place "memory:SIZE": at most half of what is available.
 * Returns 0, or 1 after a message.
 */
int storage_memory_check(const char *place, uint64_t *bytes);

/*
 * The same, and make the RAM disk. All its memory is allocated. *path is the device. Returns a
 * descriptor, which the caller closes when the module has opened the device; or -1 after a message.
 */
#define STORAGE_MEMORY_PATH	24
int storage_memory_make(const char *place, char path[STORAGE_MEMORY_PATH]);

/* Returns the size of the largest RAM disk that storage_memory_check() accepts now; 0: unknown. */
uint64_t storage_memory_most(void);

#endif
