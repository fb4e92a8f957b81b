/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The storage files of one snapshot, all in one folder.
 *
 * The kernel writes to the blocks of such a file directly, behind the back of the file system. So a
 * file may be removed only when the snapshot is gone. Until then it is also kept open, so that its
 * blocks are not freed if somebody else removes it.
 */
#ifndef BLKSNAP_POOL_H
#define BLKSNAP_POOL_H

#include <stddef.h>
#include <stdint.h>

struct pool_file {
	char *path;
	int fd;
	uint64_t bytes;
};

/**
 * struct pool - the files
 * @folder: absolute path of the folder
 * @id: of the snapshot, a part of the names
 * @files: in the order of their creation
 * @count: number of @files
 * @number: of the next name to try
 * @limit: maximum total size in bytes
 * @used: total size in bytes
 */
struct pool {
	char *folder;
	const char *id;
	struct pool_file *files;
	size_t count;
	unsigned int number;
	uint64_t limit;
	uint64_t used;
};

/* These functions return 0, or 1 after a message. pool_free() follows even if pool_init() fails. */
int pool_init(struct pool *pool, const char *folder, const char *id, uint64_t limit);

/* Create a file of @bytes, and append it to @files. */
int pool_grow(struct pool *pool, uint64_t bytes);

/* Remove the last file, which the kernel must not know. */
int pool_drop(struct pool *pool);

/* Remove all files of a snapshot that is gone. */
int pool_remove(struct pool *pool);

/* Report the files that are left, if any. */
void pool_leave(const struct pool *pool);

void pool_free(struct pool *pool);

#endif
