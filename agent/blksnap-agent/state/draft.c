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
#include "state/draft.h"
#include "state/runtime.h"

#define DRAFTS	RUNTIME_DIR "/draft."

static int lock_and_map(struct draft *draft)
{
	if (flock(draft->fd, LOCK_EX) || ftruncate(draft->fd, sizeof(*draft->id)))
		return -errno;
	draft->id =
	    mmap(NULL, sizeof(*draft->id), PROT_READ | PROT_WRITE, MAP_SHARED, draft->fd, 0);
	return draft->id == MAP_FAILED ? -errno : 0;
}

static int make(struct draft *draft)
{
	int ret;

	draft->path = strdup(DRAFTS "XXXXXX");
	if (!draft->path)
		return -ENOMEM;
	draft->fd = mkostemp(draft->path, O_CLOEXEC);
	ret = draft->fd < 0 ? -errno : lock_and_map(draft);
	if (!ret)
		return 0;
	if (draft->fd >= 0) {
		unlink(draft->path);
		close(draft->fd);
	}
	free(draft->path);
	draft->path = NULL;
	return ret;
}

/* Nobody may take it for one that was left behind before it is locked. */
int draft_open(struct draft *draft)
{
	int lock = runtime_lock_all();
	int ret;

	if (lock < 0)
		return lock;
	ret = make(draft);
	close(lock);
	return ret;
}

void draft_remove(struct draft *draft)
{
	if (!draft->path)
		return;
	unlink(draft->path);
	munmap(draft->id, sizeof(*draft->id));
	close(draft->fd);
	free(draft->path);
	draft->path = NULL;
}

/* The kernel may have been about to write when its maker was killed: then there is no id. */
static int end_one(const char *path, int (*end)(const struct blksnap_id *id))
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

int draft_go_through(int (*end)(const struct blksnap_id *id))
{
	glob_t found;
	int status = 0;
	int ret = glob(DRAFTS "*", 0, NULL, &found);

	if (ret == GLOB_NOMATCH)
		return 0;
	if (ret) {
		message_error("cannot list the drafts in " RUNTIME_DIR);
		return 1;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		status |= end_one(found.gl_pathv[i], end);
	globfree(&found);
	return status;
}
