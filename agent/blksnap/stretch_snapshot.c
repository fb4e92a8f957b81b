// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "event.h"
#include "place.h"
#include "pool.h"
#include "report.h"

#define MIB		(UINT64_C(1) << 20)

/*
 * The wait for events is limited: a signal that arrives just before the wait does not interrupt it.
 */
#define WAIT_MS		1000

/**
 * struct stretch - a monitored snapshot
 * @options: the command line
 * @control: descriptor of the module
 * @pool: storage files
 * @known: the snapshot has been seen
 * @corrupted: an image is lost
 */
struct stretch {
	const struct options *options;
	int control;
	struct pool pool;
	bool known;
	bool corrupted;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/*
 * Without SA_RESTART, so that a signal ends the wait for an event. SIGHUP stays ignored under
 * nohup(1), and a closed pipe is no reason to stop.
 */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop }, old;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, NULL, &old);
	if (old.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void print_event(const struct stretch *stretch, const struct blksnap_event *event)
{
	struct report report;

	report_begin(&report, stretch->options->json, NULL);
	event_report(&report, event);
	report_end(&report);
}

static void print_file(const struct stretch *stretch, const char *file, const struct place *place)
{
	struct report report;

	report_begin(&report, stretch->options->json, NULL);
	report_text(&report, "file", file);
	place_report(&report, place);
	report_end(&report);
}

/* Returns whole MiB, a multiple of every block size, within the limit; 0 if nothing is left. */
static uint64_t allowed_bytes(const struct stretch *stretch, uint64_t sectors)
{
	const struct pool *pool = &stretch->pool;
	uint64_t left = pool->limit - pool->used;

	if (sectors <= left >> SECTOR_SHIFT)
		return ((sectors << SECTOR_SHIFT) + MIB - 1) / MIB * MIB;
	report_problem("snapshot %s asks for %" PRIu64 " sectors, the limit of %" PRIu64
		       " MiB leaves %" PRIu64, stretch->options->id_text, sectors,
		       stretch->options->limit_mb, left >> SECTOR_SHIFT);
	return left;
}

/* A file that the kernel refused stays, since a part of it may be in use. */
static void append_last_file(struct stretch *stretch)
{
	struct pool_file *file = &stretch->pool.files[stretch->pool.count - 1];
	struct place place;
	int ret;

	if (place_of_open_file(&place, file->fd, file->path, BLKSNAP_EXTENTS_STORAGE)) {
		pool_drop(&stretch->pool);
		place_free(&place);
		return;
	}
	ret = blksnap_snapshot_append(stretch->control, &stretch->options->id, place.path,
				      place.ranges, place.count);
	if (ret)
		report_error(ret, "cannot append file %s on device %s to snapshot %s",
			     file->path, place.path, stretch->options->id_text);
	else
		print_file(stretch, file->path, &place);
	place_free(&place);
}

static void handle_event(struct stretch *stretch, const struct blksnap_event *event)
{
	uint64_t bytes;

	print_event(stretch, event);
	if (event->code == BLKSNAP_EVENT_CORRUPTED)
		stretch->corrupted = true;
	if (event->code != BLKSNAP_EVENT_LOW_SPACE)
		return;
	bytes = allowed_bytes(stretch, event->sectors);
	if (bytes && !pool_grow(&stretch->pool, bytes))
		append_last_file(stretch);
}

/* Returns -ESRCH when the snapshot is gone, -EINTR after a signal, or another negative errno. */
static int watch(struct stretch *stretch)
{
	struct blksnap_event event;
	int ret;

	while (!stopped) {
		ret = blksnap_event_wait(stretch->control, &stretch->options->id, WAIT_MS, &event);
		if (!ret)
			handle_event(stretch, &event);
		else if (ret != -ENOENT && ret != -EINTR)
			return ret;
		stretch->known = true;
	}
	/* Often the snapshot is destroyed first, and its monitor stopped next. */
	ret = blksnap_event_wait(stretch->control, &stretch->options->id, 0, &event);
	return ret == -ESRCH ? ret : -EINTR;
}

static int finish(struct stretch *stretch, int ret)
{
	if (ret == -ESRCH) {
		if (!stretch->known)
			report_problem("there is no snapshot %s, so nothing to monitor",
				       stretch->options->id_text);
		return pool_remove(&stretch->pool) | stretch->corrupted;
	}
	if (ret == -EINTR)
		report_problem("snapshot %s is left alone after a signal",
			       stretch->options->id_text);
	else
		report_error(ret, "cannot wait for events of snapshot %s",
			     stretch->options->id_text);
	pool_leave(&stretch->pool);
	return 1;
}

static int run(const struct options *options)
{
	struct stretch stretch = { .options = options };
	uint64_t limit;
	int status;

	stretch.control = access_control();
	if (stretch.control < 0)
		return 1;
	limit = options->given & OPTION_LIMIT ? options->limit_mb * MIB : UINT64_MAX;
	status = pool_init(&stretch.pool, options->path, options->id_text, limit);
	if (!status) {
		catch_signals();
		status = finish(&stretch, watch(&stretch));
	}
	pool_free(&stretch.pool);
	close(stretch.control);
	return status;
}

const struct command command_stretch_snapshot = {
	.name = "stretch_snapshot",
	.usage = "-i ID -p DIR [-l LIMIT_MB] [-j]",
	.summary = "Give a snapshot storage whenever it runs short, until it ends",
	.help = "Each time a file is made in DIR; the files are removed when the snapshot is\n"
		"destroyed. After SIGINT, SIGTERM or SIGHUP they stay, since they may be in\n"
		"use. Prints the events, as snapshot_waitevent does, and the files. The exit\n"
		"status is 1 if an image was lost or a file stays. Without a limit, files are\n"
		"made until the file system of DIR is full.",
	.takes = OPTION_ID | OPTION_PATH | OPTION_LIMIT | OPTION_JSON,
	.needs = OPTION_ID | OPTION_PATH,
	.run = run,
};
