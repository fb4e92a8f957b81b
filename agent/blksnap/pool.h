/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The storage files of one snapshot, all in one folder.
 *
 * The kernel writes to the blocks of a file that it was given, whatever the file system
 * thinks of them. Such a file may be removed only when the snapshot is gone; until then it
 * is also held open, so that its blocks stay its own even if somebody else removes it.
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
 * @folder: where they are, an absolute path
 * @id: of the snapshot, a part of their names
 * @files: in the order in which they were made
 * @count: number of @files
 * @number: of the next name to try
 * @limit: bytes that all together may have
 * @used: bytes that they have
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

/* These return 0, or 1 after a message. pool_free() follows also if the first one fails. */
int pool_init(struct pool *pool, const char *folder, const char *id, uint64_t limit);

/* Makes a file with @bytes allocated, the last of @files then. */
int pool_grow(struct pool *pool, uint64_t bytes);

/* Removes the last file. Only if the kernel was never told of it. */
int pool_drop(struct pool *pool);

/* Removes all files. Only when the snapshot is gone. */
int pool_remove(struct pool *pool);

/* Says which files stay, if any. */
void pool_leave(const struct pool *pool);

void pool_free(struct pool *pool);

#endif
