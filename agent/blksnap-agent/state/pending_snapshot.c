// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/message.h"
#include "state/pending_snapshot.h"
#include "state/runtime.h"

#define PENDING_FILES	RUNTIME_DIR "/draft."

/* The space is allocated now: on a full file system the kernel could not write to the mapping. */
static int lock_and_map(struct pending_snapshot *pending)
{
	int ret;

	if (flock(pending->fd, LOCK_EX))
		return -errno;
	ret = posix_fallocate(pending->fd, 0, sizeof(*pending->id));
	if (ret)
		return -ret;
	pending->id =
	    mmap(NULL, sizeof(*pending->id), PROT_READ | PROT_WRITE, MAP_SHARED, pending->fd, 0);
	return pending->id == MAP_FAILED ? -errno : 0;
}

static int create_file(struct pending_snapshot *pending)
{
	int ret;

	pending->path = strdup(PENDING_FILES "XXXXXX");
	if (!pending->path)
		return -ENOMEM;
	pending->fd = mkostemp(pending->path, O_CLOEXEC);
	ret = pending->fd < 0 ? -errno : lock_and_map(pending);
	if (!ret)
		return 0;
	if (pending->fd >= 0) {
		unlink(pending->path);
		close(pending->fd);
	}
	free(pending->path);
	pending->path = NULL;
	return ret;
}

/*
 * The file is created under the lock of all records, so that nobody takes it for a stale one before
 * it is locked.
 */
int pending_snapshot_open(struct pending_snapshot *pending)
{
	int lock = runtime_lock_all();
	int ret;

	if (lock < 0)
		return lock;
	ret = create_file(pending);
	close(lock);
	return ret;
}

void pending_snapshot_remove(struct pending_snapshot *pending)
{
	if (!pending->path)
		return;
	unlink(pending->path);
	munmap(pending->id, sizeof(*pending->id));
	close(pending->fd);
	free(pending->path);
	pending->path = NULL;
}

/* The file contains no id if the creator was killed before the kernel wrote it. */
static int reap_one(const char *path, int (*end)(const struct blksnap_id *id))
{
	static const struct blksnap_id none;
	struct blksnap_id id = none;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int status = 0;

	if (fd < 0)
		return 0;
	if (!flock(fd, LOCK_EX | LOCK_NB)) {
		if (read(fd, &id, sizeof(id)) == sizeof(id) && memcmp(&id, &none, sizeof(id)))
			status = end(&id);
		if (!status)
			unlink(path);
	}
	close(fd);
	return status;
}

int pending_snapshot_reap(int (*end)(const struct blksnap_id *id))
{
	glob_t found;
	int status = 0;
	int ret = glob(PENDING_FILES "*", 0, NULL, &found);

	if (ret == GLOB_NOMATCH)
		return 0;
	if (ret) {
		message_error("cannot list the pending snapshots in " RUNTIME_DIR);
		return 1;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		status |= reap_one(found.gl_pathv[i], end);
	globfree(&found);
	return status;
}
