// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Waits for the end of a snapshot. The kernel's events are the monitor's; what is watched
 * here is the record, which goes when all is cleaned up, and the note of a loss.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "command.h"
#include "find.h"
#include "runtime.h"
#include "say.h"
#include "status.h"

static bool file_exists(const struct blksnap_id *id, const char *suffix)
{
	char *path = runtime_path(id, suffix);
	bool found = path && !access(path, F_OK);

	free(path);
	return found;
}

static int await_change(int fd)
{
	char buffer[4096] __attribute__((aligned(8)));
	ssize_t got;

	do {
		got = read(fd, buffer, sizeof(buffer));
	} while (got < 0 && errno == EINTR);
	return got < 0 ? -errno : 0;
}

/* Watched first, looked at then: nothing is missed in between. */
static int await_end(int fd, const struct blksnap_id *id)
{
	int ret;

	if (inotify_add_watch(fd, RUNTIME_DIR, IN_DELETE | IN_MOVED_TO) < 0)
		return -errno;
	do {
		if (file_exists(id, "lost"))
			return STATUS_LOST;
		if (!file_exists(id, "json"))
			return STATUS_OK;
		ret = await_change(fd);
	} while (!ret);
	return ret;
}

static int run(const struct arguments *arguments)
{
	struct record record;
	int fd, ret;

	ret = find_record(arguments->words[0], &record);
	if (!ret) {
		fd = inotify_init1(IN_CLOEXEC);
		ret = fd < 0 ? -errno : await_end(fd, &record.id);
		if (fd >= 0)
			close(fd);
		if (ret < 0)
			say_error(ret, "cannot wait for snapshot %s", arguments->words[0]);
		else if (ret == STATUS_LOST)
			say("an image of snapshot %s is lost", arguments->words[0]);
	}
	record_free(&record);
	return ret < 0 ? STATUS_FAILED : ret;
}

const struct agent_command agent_snapshot_wait = {
	.name = "snapshot wait",
	.usage = "ID",
	.summary = "Wait until a snapshot is destroyed or an image is lost",
	.least = 1,
	.most = 1,
	.run = run,
};
