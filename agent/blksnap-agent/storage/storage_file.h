/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files whose blocks are storage: DIR/.blksnap/ID.NUMBER.
 *
 * The kernel writes to the blocks of such a file, whatever the file system thinks of them.
 * So all of it is allocated and written out first, and then the file is immutable: nobody
 * can write to it, shorten, move, defragment or remove it. It may be removed only when the
 * snapshot is gone.
 *
 * "dir" is a descriptor of the folder, see storage_place.h.
 */
#ifndef BLKSNAP_STORAGE_FILE_H
#define BLKSNAP_STORAGE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

#include "string_list.h"

#define STORAGE_FILE_NAME	(BLKSNAP_ID_TEXT + 11)

/**
 * struct storage_file - such a file, open
 * @name: in its folder
 * @fd: of it
 * @size: in bytes
 * @last: it is the last one of its folder; the snapshot may not have it yet
 */
struct storage_file {
	char name[STORAGE_FILE_NAME];
	int fd;
	uint64_t size;
	bool last;
};

/*
 * Makes a file of so many bytes. 0, or a negative errno with *reason saying more or NULL;
 * there is no file then.
 */
int storage_file_make(struct storage_file *file, int dir, const struct blksnap_id *id,
		      uint64_t size, struct blksnap_extents **extents, const char **reason);

/*
 * Its places, which it does not leave any more. 0, or a negative errno with *reason as above.
 * What is allocated may be less than was wanted, if its maker was killed.
 */
int storage_file_pin(const struct storage_file *file, struct blksnap_extents **extents,
		     const char **reason);

/* Gives its places to the snapshot; 0 or a negative errno. The file stays in any case. */
int storage_file_append(int control, const struct blksnap_id *id,
			const struct blksnap_extents *extents);

/*
 * Opens a file that is there. 0 or a negative errno, -EPERM if it is not one that the agent made:
 * a regular one with a single name, of root's and for root only.
 */
int storage_file_open(struct storage_file *file, int dir, const char *name);

void storage_file_close(struct storage_file *file);

/* Removes a file that could be opened so; 0 or a negative errno. */
int storage_file_remove(int dir, const char *name);

/*
 * Appends the names of the files that belong to a snapshot, in the order in which they were
 * made; 0 or a negative errno. Without @id: of all snapshots.
 */
int storage_file_list(int dir, const struct blksnap_id *id, struct strings *names);

/* The size of these files together. */
uint64_t storage_file_bytes(int dir, const struct blksnap_id *id);

/* The snapshot that a name of the list belongs to; 0 or -EINVAL. */
int storage_file_id(const char *name, struct blksnap_id *id);

#endif
