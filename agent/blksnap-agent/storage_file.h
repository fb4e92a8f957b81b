/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files whose blocks are storage: DIR/.blksnap/ID.NUMBER.
 *
 * The kernel writes to the blocks of such a file, whatever the file system thinks of them.
 * So all of it is allocated and written out first, and then the file is immutable: nobody
 * can write to it, shorten, move, defragment or remove it. It may be removed only when the
 * snapshot is gone.
 */
#ifndef BLKSNAP_STORAGE_FILE_H
#define BLKSNAP_STORAGE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include <blksnap/blksnap.h>

#include "string_list.h"

/* The folder in the user's folder that the files are in. */
#define STORAGE_SUBFOLDER	".blksnap"

/**
 * struct storage_file - such a file, open
 * @path: of it
 * @fd: of it
 * @size: in bytes
 * @last: it is the last one of its folder; the snapshot may not have it yet
 */
struct storage_file {
	char *path;
	int fd;
	uint64_t size;
	bool last;
};

/*
 * Makes a file of so many bytes. 0, or a negative errno with *reason saying more or NULL;
 * there is no file then.
 */
int storage_file_make(struct storage_file *file, const char *folder, const struct blksnap_id *id,
		      uint64_t size, struct blksnap_extents **extents, const char **reason);

/*
 * Its places, which it does not leave any more. 0, or a negative errno with *reason as above.
 * What is allocated may be less than was wanted, if its maker was killed.
 */
int storage_file_settle(const struct storage_file *file, struct blksnap_extents **extents,
			const char **reason);

/* Gives its places to the snapshot; 0 or a negative errno. The file stays in any case. */
int storage_file_append(int control, const struct blksnap_id *id,
			const struct blksnap_extents *extents);

/* Opens a file that is there. 0 or a negative errno. */
int storage_file_open(struct storage_file *file, const char *path);

void storage_file_close(struct storage_file *file);

/* Removes a file; 0 or a negative errno. */
int storage_file_remove(const char *path);

/*
 * Appends the paths of the files below a folder that belong to a snapshot, in the order in
 * which they were made; 0 or a negative errno. Without @id: of all snapshots.
 */
int storage_file_list(const char *folder, const struct blksnap_id *id, struct strings *paths);

/* The snapshot that a path of the list belongs to. */
int storage_file_id(const char *path, struct blksnap_id *id);

/* Removes the subfolder. Whether it was there, and nothing was in it any more. */
bool storage_folder_drop(const char *folder);

#endif
