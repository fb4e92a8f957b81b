// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "manifest.h"
#include "progress.h"
#include "quantity.h"
#include "say.h"

#define EVERY_TERMINAL	500
#define EVERY_JSON	2000

int64_t progress_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

void progress_begin(struct progress *progress, const char *name)
{
	progress->name = name;
	progress->started = progress->shown = progress_clock();
}

static void show_event(const struct progress *progress, uint64_t done, uint64_t total)
{
	struct json_object *event = json_object_new_object();

	manifest_set_text(event, "device", progress->name);
	manifest_set_number(event, "bytes", done);
	manifest_set_number(event, "total", total);
	say_event("progress", event);
}

static void show_line(const struct progress *progress, uint64_t done, uint64_t total, int64_t now)
{
	uint64_t took = now - progress->started + 1, rate = done * 1000 / took;
	char bytes[SIZE_TEXT], all[SIZE_TEXT], speed[SIZE_TEXT], left[TIME_TEXT];

	fprintf(stderr, "\r\033[K%s: %s of %s, %s/s, %s left", progress->name,
		size_format(done, bytes), size_format(total, all), size_format(rate, speed),
		rate ? time_format((total - done) / rate, left) : "?");
}

void progress_show(struct progress *progress, uint64_t done, uint64_t total, bool ended)
{
	bool terminal = !say_is_json() && !say_is_quiet() && isatty(STDERR_FILENO);
	int64_t now = progress_clock();

	if (terminal && ended)
		fputs("\r\033[K", stderr);
	if (ended || now - progress->shown < (terminal ? EVERY_TERMINAL : EVERY_JSON))
		return;
	progress->shown = now;
	if (terminal)
		show_line(progress, done, total, now);
	else
		show_event(progress, done, total);
}
