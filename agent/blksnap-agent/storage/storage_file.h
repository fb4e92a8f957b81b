/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files whose blocks are storage: DIR/.blksnap/ID.NUMBER.
 *
 * The kernel writes to the blocks of such a file directly, behind the back of the file system. So
 * all blocks are allocated and written out first; then the file is made immutable, so that nobody
 * can write to it, truncate, move, defragment or remove it. It may be removed only when the
 * snapshot is gone.
 *
 * "dir" is a descriptor of the subfolder, see storage_place.h.
 */
#ifndef BLKSNAP_STORAGE_FILE_H
#define BLKSNAP_STORAGE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

#include "string_list.h"

#define STORAGE_FILE_NAME	(BLKSNAP_ID_TEXT + 11)

/**
 * struct storage_file - an open storage file
 * @name: in its folder
 * @fd: descriptor
 * @size: in bytes
 * @last: it is the last file of its folder; it may not be appended to the snapshot yet
 */
struct storage_file {
	char name[STORAGE_FILE_NAME];
	int fd;
	uint64_t size;
	bool last;
};

/*
 * Create a file of @size bytes. Returns 0, or a negative errno; then *reason is an explanation or
 * NULL, and no file is left.
 */
int storage_file_make(struct storage_file *file, int dir, const struct blksnap_id *id,
		      uint64_t size, struct blksnap_extents **extents, const char **reason);

/*
 * Make a file immutable, and read its extents. Returns 0, or a negative errno with *reason as
 * above. The file may be shorter than planned if its creator was killed.
 */
int storage_file_pin(const struct storage_file *file, struct blksnap_extents **extents,
		     const char **reason);

/*
 * Append the extents to the storage of the snapshot. Returns 0 or a negative errno; the file stays
 * in both cases.
 */
int storage_file_append(int control, const struct blksnap_id *id,
			const struct blksnap_extents *extents);

/*
 * Open an existing file. Returns 0; -EPERM if the agent cannot have created it, which is a regular
 * file with one link, owned by root and accessible to root only; or another negative errno.
 */
int storage_file_open(struct storage_file *file, int dir, const char *name);

void storage_file_close(struct storage_file *file);

/* Remove a file that storage_file_open() accepts. Returns 0 or a negative errno. */
int storage_file_remove(int dir, const char *name);

/*
 * Append the names of the files of a snapshot, or of all snapshots if @id is NULL, in the order of
 * their creation. Returns 0 or a negative errno.
 */
int storage_file_list(int dir, const struct blksnap_id *id, struct strings *names);

/* Returns the total size of the files of a snapshot. */
uint64_t storage_file_bytes(int dir, const struct blksnap_id *id);

/* Parse the name of a file: *id is the snapshot. Returns 0 or -EINVAL. */
int storage_file_id(const char *name, struct blksnap_id *id);

#endif
