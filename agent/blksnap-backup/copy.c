// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bitmap.h"
#include "copy.h"
#include "manifest.h"
#include "progress.h"
#include "say.h"
#include "stop.h"

#define JOB	"copy"

static int start(const struct copy *copy, struct daemon *daemon)
{
	struct json_object *arguments = json_object_new_object();

	manifest_set_text(arguments, "job-id", JOB);
	manifest_set_text(arguments, "device", copy->source);
	manifest_set_text(arguments, "target", copy->target);
	manifest_set_text(arguments, "sync", copy->bitmap ? "bitmap" : "full");
	if (copy->bitmap) {
		manifest_set_text(arguments, "bitmap", BITMAP_NAME);
		manifest_set_text(arguments, "bitmap-mode", "never");
	}
	if (copy->rate)
		manifest_set_number(arguments, "speed", copy->rate);
	json_object_object_add(arguments, "compress", json_object_new_boolean(copy->compress));
	/* So that its error can be asked for when it has ended. */
	json_object_object_add(arguments, "auto-dismiss", json_object_new_boolean(false));
	return daemon_command(daemon, "blockdev-backup", arguments, NULL);
}

static struct json_object *with_job(void)
{
	struct json_object *arguments = json_object_new_object();

	manifest_set_text(arguments, "id", JOB);
	return arguments;
}

static struct json_object *query(struct daemon *daemon)
{
	struct json_object *jobs, *job;

	if (daemon_command(daemon, "query-jobs", NULL, &jobs))
		return NULL;
	job = json_object_get(json_object_array_get_idx(jobs, 0));
	json_object_put(jobs);
	if (!job)
		say("qemu-storage-daemon has lost the job");
	return job;
}

static int conclude(struct copy *copy, struct json_object *job, struct daemon *daemon)
{
	const char *error = manifest_text(job, "error");

	if (error && !stop_wanted())
		say("cannot copy %s: %s", copy->name, error);
	copy->bytes = manifest_number(job, "current-progress");
	return daemon_command(daemon, "job-dismiss", with_job(), NULL) || error || stop_wanted() ?
		-1 : 0;
}

int copy_run(struct copy *copy, struct daemon *daemon)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	struct progress progress;
	struct json_object *job;
	bool ended = false, cancelled = false;
	int ret = -1;

	if (start(copy, daemon))
		return -1;
	progress_begin(&progress, copy->name);
	while (!ended && (job = query(daemon))) {
		const char *status = manifest_text(job, "status");

		ended = status && !strcmp(status, "concluded");
		progress_show(&progress, manifest_number(job, "current-progress"),
			      manifest_number(job, "total-progress"), ended);
		if (ended)
			ret = conclude(copy, job, daemon);
		json_object_put(job);
		if (!ended && stop_wanted() && !cancelled)
			cancelled = !daemon_command(daemon, "job-cancel", with_job(), NULL);
		if (!ended)
			nanosleep(&pause, NULL);
	}
	return ret;
}
