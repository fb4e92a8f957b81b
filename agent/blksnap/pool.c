// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "pool.h"
#include "report.h"

/* Check the folder at the start, not only when space runs short. */
static int check_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *reason = NULL;
	int ret;

	ret = fd < 0 ? -errno : blksnap_extents_check(fd, &reason);
	if (fd >= 0)
		close(fd);
	if (!ret)
		return 0;
	report_error(ret, "cannot use folder %s%s%s", folder, reason ? ": " : "",
		     reason ? reason : "");
	return 1;
}

int pool_init(struct pool *pool, const char *folder, const char *id, uint64_t limit)
{
	memset(pool, 0, sizeof(*pool));
	pool->id = id;
	pool->limit = limit;
	if (check_folder(folder))
		return 1;
	pool->folder = realpath(folder, NULL);
	if (pool->folder)
		return 0;
	report_error(-errno, "cannot use folder %s", folder);
	return 1;
}

static struct pool_file *add_entry(struct pool *pool)
{
	struct pool_file *files;

	files = reallocarray(pool->files, pool->count + 1, sizeof(*files));
	if (!files)
		return NULL;
	pool->files = files;
	return &files[pool->count];
}

/* Never reuse a name: files of an earlier run for the same snapshot may still be in use. */
static int create(struct pool *pool, struct pool_file *file)
{
	do {
		if (asprintf(&file->path, "%s/blksnap-%s-%u", pool->folder, pool->id,
			     pool->number++) < 0)
			return -ENOMEM;
		file->fd = open(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (file->fd >= 0)
			return 0;
		free(file->path);
	} while (errno == EEXIST);
	return -errno;
}

int pool_grow(struct pool *pool, uint64_t bytes)
{
	struct pool_file *file = add_entry(pool);
	int ret = file ? create(pool, file) : -ENOMEM;

	if (ret) {
		report_error(ret, "cannot create a file in %s for snapshot %s", pool->folder,
			     pool->id);
		return 1;
	}
	pool->count++;
	pool->used += bytes;
	file->bytes = bytes;
	if (!fallocate(file->fd, 0, 0, bytes))
		return 0;
	report_error(-errno, "cannot allocate %" PRIu64 " bytes for snapshot %s in file %s", bytes,
		     pool->id, file->path);
	pool_drop(pool);
	return 1;
}

static int remove_last(struct pool *pool)
{
	struct pool_file *file = &pool->files[pool->count - 1];
	int status = 0;

	if (unlink(file->path) && errno != ENOENT) {
		report_error(-errno, "cannot remove file %s", file->path);
		status = 1;
	}
	close(file->fd);
	free(file->path);
	pool->count--;
	return status;
}

int pool_drop(struct pool *pool)
{
	pool->used -= pool->files[pool->count - 1].bytes;
	return remove_last(pool);
}

int pool_remove(struct pool *pool)
{
	int status = 0;

	while (pool->count)
		status |= remove_last(pool);
	return status;
}

void pool_leave(const struct pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		report_problem("file %s stays, snapshot %s may still use it",
			       pool->files[i].path, pool->id);
}

void pool_free(struct pool *pool)
{
	for (size_t i = 0; i < pool->count; i++) {
		close(pool->files[i].fd);
		free(pool->files[i].path);
	}
	free(pool->files);
	free(pool->folder);
}
