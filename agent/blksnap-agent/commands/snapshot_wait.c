// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Waiting for the end of a snapshot. The events of the kernel belong to the monitor; this command
 * watches the record, which is removed after the cleanup, and the monitor's note of a lost image.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "cli/exit_status.h"
#include "cli/message.h"
#include "commands/commands.h"
#include "state/lookup.h"
#include "state/runtime.h"

static bool file_exists(const struct blksnap_id *id, const char *suffix)
{
	char *path = runtime_path(id, suffix);
	bool found = path && !access(path, F_OK);

	free(path);
	return found;
}

/**
 * struct waiting - a wait for the end of a snapshot
 * @id: of the snapshot
 * @fd: inotify descriptor that watches the snapshot's files
 * @expired: the note of the expiry was seen
 * @deadline: when to give up, in ms of CLOCK_MONOTONIC; 0: never
 */
struct waiting {
	struct blksnap_id id;
	int fd;
	bool expired;
	int64_t deadline;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Returns 1 when @fd is readable, 0 when the time is over, or a negative errno. */
static int await_readable(const struct waiting *waiting)
{
	struct pollfd fd = { .fd = waiting->fd, .events = POLLIN };
	int ret;

	do {
		int64_t left = waiting->deadline - now_ms();

		if (!waiting->deadline)
			left = -1;
		else if (left < 0)
			return 0;
		ret = poll(&fd, 1, left > INT32_MAX ? INT32_MAX : left);
	} while (ret < 0 && errno == EINTR);
	return ret < 0 ? -errno : ret;
}

/* The note of the expiry may be gone when it is looked for, so the event is remembered. */
static void look_at_events(struct waiting *waiting, const char *buffer, ssize_t size)
{
	char name[BLKSNAP_ID_TEXT + sizeof(".expired")];
	ssize_t at = 0;

	blksnap_id_format(&waiting->id, name);
	strcat(name, ".expired");
	while (at < size) {
		const struct inotify_event *event = (const void *)(buffer + at);

		if (event->len && !strcmp(event->name, name))
			waiting->expired = true;
		at += sizeof(*event) + event->len;
	}
}

static int read_events(struct waiting *waiting)
{
	char buffer[4096] __attribute__((aligned(8)));
	ssize_t got;

	do {
		got = read(waiting->fd, buffer, sizeof(buffer));
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	look_at_events(waiting, buffer, got);
	return 0;
}

static int end_of(const struct waiting *waiting)
{
	return waiting->expired ? STATUS_EXPIRED : STATUS_OK;
}

/* The watch is set up before the first look, so that no change is missed. */
static int await_end(struct waiting *waiting)
{
	int ret;

	if (inotify_add_watch(waiting->fd, RUNTIME_DIR, IN_DELETE | IN_MOVED_TO) < 0)
		return -errno;
	do {
		if (file_exists(&waiting->id, "lost"))
			return STATUS_LOST;
		waiting->expired |= file_exists(&waiting->id, "expired");
		if (!file_exists(&waiting->id, "json"))
			return end_of(waiting);
		ret = await_readable(waiting);
		if (!ret)
			return STATUS_TIMEOUT;
		ret = ret < 0 ? ret : read_events(waiting);
	} while (!ret);
	return ret;
}

static void say_end(int ret, const char *text)
{
	if (ret < 0)
		message_errno(ret, "cannot wait for snapshot %s", text);
	else if (ret == STATUS_LOST)
		message_error("an image of snapshot %s is lost", text);
	else if (ret == STATUS_EXPIRED)
		message_error("the time of snapshot %s was over", text);
	else if (ret == STATUS_TIMEOUT)
		message_error("snapshot %s has not ended in that time", text);
}

static int run(const struct arguments *arguments)
{
	struct waiting waiting = { .fd = -1 };
	struct record record;
	int ret = lookup_record(arguments->words[0], &record);

	if (ret) {
		record_free(&record);
		return STATUS_FAILED;
	}
	waiting.id = record.id;
	if (arguments->timeout)
		waiting.deadline = now_ms() + (int64_t)arguments->timeout * 1000;
	waiting.fd = inotify_init1(IN_CLOEXEC);
	ret = waiting.fd < 0 ? -errno : await_end(&waiting);
	if (waiting.fd >= 0)
		close(waiting.fd);
	say_end(ret, arguments->words[0]);
	record_free(&record);
	return ret < 0 ? STATUS_FAILED : ret;
}

const struct agent_command agent_snapshot_wait = {
	.name = "snapshot wait",
	.usage = "ID [--timeout TIME]",
	.summary = "Wait until a snapshot is destroyed or an image is lost",
	.takes = ARGUMENT_TIMEOUT,
	.least = 1,
	.most = 1,
	.run = run,
};
