// SPDX-License-Identifier: GPL-2.0-or-later
/* A new point: a snapshot, a file for each of its devices, and at the very end the manifest. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"
#include "catalogue.h"
#include "merge.h"
#include "options.h"
#include "progress.h"
#include "say.h"
#include "stop.h"
#include "system.h"
#include "volume.h"

/* What "snapshot create" gets: the devices, or --all and what is excluded. */
static int take(struct snapshot *snapshot, const struct catalogue *catalogue,
		const struct options *options)
{
	size_t count = 0, excluded = options->excluded.count;
	char **words = calloc(options->word_count + 1 + 2 * excluded, sizeof(*words));
	char name[64];
	struct stat st;
	int ret;

	if (!words || fstat(catalogue->dir, &st))
		return -1;
	/* The same for all runs with this set, and for no other. */
	snprintf(name, sizeof(name), "backup-%jx-%jx", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	if (options->given & OPTION_ALL)
		words[count++] = "--all";
	for (size_t i = 0; i < excluded; i++) {
		words[count++] = "--exclude";
		words[count++] = options->excluded.items[i];
	}
	for (size_t i = 0; i < options->word_count; i++)
		words[count++] = options->words[i];
	ret = agent_take(snapshot, name, words, count);
	free(words);
	return ret;
}

static struct json_object *begin_manifest(const struct point *point)
{
	struct json_object *manifest = json_object_new_object();
	char now[TIME_SIZE];

	time_text(time(NULL), now);
	manifest_set_text(manifest, "schema", SCHEMA);
	manifest_set_text(manifest, "program", AGENT_VERSION);
	manifest_set_number(manifest, "point", manifest_point_number(point->name));
	manifest_set_text(manifest, "time", now);
	json_object_object_add(manifest, "devices", json_object_new_array());
	return manifest;
}

static int copy_all(const struct catalogue *catalogue, struct point *point,
		    const struct snapshot *snapshot, const struct options *options)
{
	size_t count = json_object_array_length(snapshot->devices);

	for (size_t i = 0; i < count; i++) {
		struct json_object *source = json_object_array_get_idx(snapshot->devices, i);

		if (stop_wanted() || volume_make(catalogue, point, source, options))
			return -1;
	}
	json_object_object_add(point->manifest, "system", system_describe(snapshot->devices));
	return 0;
}

/* The files are on disk; now their names, and only then the manifest that makes them a point. */
static int complete(const struct catalogue *catalogue, const struct point *point)
{
	if (fsync(point->dir)) {
		say_error(errno, "cannot write folder %s", point->name);
		return -1;
	}
	return manifest_write(point->dir, point->name, point->manifest) ||
	       fsync(catalogue->dir) ? -1 : 0;
}

static void tell(const struct catalogue *catalogue, const struct point *point, int64_t started)
{
	struct json_object *event = json_object_new_object();
	int64_t took = progress_clock() - started;

	manifest_set_text(event, "set", catalogue->set);
	manifest_set_number(event, "point", manifest_point_number(point->name));
	manifest_set_number(event, "milliseconds", took);
	say_event("point", event);
	if (!say_is_json() && !say_is_quiet())
		printf("point %s of set %s, in %" PRId64 ".%" PRId64 " s\n", point->name,
		       catalogue->set, took / 1000, took % 1000 / 100);
}

static int make_point(struct catalogue *catalogue, const struct snapshot *snapshot,
		      const struct options *options)
{
	int64_t started = progress_clock();
	struct point point;
	int ret;

	point.dir = catalogue_new_point(catalogue, point.name);
	if (point.dir < 0)
		return -1;
	point.manifest = begin_manifest(&point);
	ret = copy_all(catalogue, &point, snapshot, options);
	if (!ret)
		ret = complete(catalogue, &point);
	if (ret)
		catalogue_remove_folder(catalogue, point.name);
	else
		tell(catalogue, &point, started);
	json_object_put(point.manifest);
	close(point.dir);
	return ret;
}

static int run(const struct options *options)
{
	struct catalogue catalogue;
	struct snapshot snapshot = {};
	int status = catalogue_open(&catalogue, options->target, options->set, CATALOGUE_CREATE);

	if (!status && options->point) {
		say("a new point gets its number by itself: the target is %s", options->target);
		status = STATUS_USAGE;
	}
	if (!status) {
		catalogue_clean(&catalogue);
		if (merge_resume(&catalogue))
			say_note("points that are being merged stay so until the next prune");
		if (take(&snapshot, &catalogue, options) ||
		    make_point(&catalogue, &snapshot, options))
			status = STATUS_FAILED;
		agent_destroy(&snapshot);
	}
	catalogue_close(&catalogue);
	return status;
}

const struct command command_create = {
	.name = "create",
	.usage = "TARGET DEVICE...|--all [OPTION...]",
	.summary = "Back up devices to a new point",
	.takes = OPTION_ALL | OPTION_EXCLUDE | OPTION_SET | OPTION_FULL | OPTION_COMPRESS |
		 OPTION_RATE | OPTION_CHECK,
	.least = 1,
	.most = 512,
	.run = run,
};
