// SPDX-License-Identifier: GPL-2.0-or-later
/* Which points are kept, and the end of the others. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "catalogue.h"
#include "merge.h"
#include "options.h"
#include "say.h"

#define KEY	24

/* Points with the same key are of the same day, week or month. */
static void key_of(const struct point *point, enum keep rule, char key[KEY])
{
	static const char *const formats[KEEP_RULES] = { NULL, "%Y-%m-%d", "%G-%V", "%Y-%m" };
	time_t seconds = time_seconds(manifest_text(point->manifest, "time"));
	struct tm parts;

	if (rule == KEEP_LAST || !localtime_r(&seconds, &parts) ||
	    !strftime(key, KEY, formats[rule], &parts))
		snprintf(key, KEY, "%s", point->name);
}

static void apply_rule(const struct catalogue *catalogue, enum keep rule, uint64_t count,
		       bool *kept)
{
	char last[KEY] = "", key[KEY];

	for (size_t i = catalogue->point_count; i-- > 0 && count;) {
		const struct point *point = &catalogue->points[i];

		if (!point_usable(point))
			continue;
		key_of(point, rule, key);
		if (!strcmp(key, last))
			continue;
		strcpy(last, key);
		kept[i] = true;
		count--;
	}
}

/* The last one always: the next is based on it. */
static bool *choose(const struct catalogue *catalogue, const struct options *options)
{
	bool *kept = calloc(catalogue->point_count + 1, sizeof(*kept));

	if (!kept)
		return NULL;
	apply_rule(catalogue, KEEP_LAST, 1, kept);
	for (size_t rule = 0; rule < KEEP_RULES; rule++)
		apply_rule(catalogue, rule, options->keep[rule], kept);
	return kept;
}

static void tell(const struct point *point, bool kept)
{
	struct json_object *event = json_object_new_object();

	manifest_set_number(event, "point", manifest_point_number(point->name));
	manifest_set_text(event, "time", manifest_text(point->manifest, "time"));
	say_event(kept ? "kept" : "dropped", event);
	if (!say_is_json() && !say_is_quiet())
		printf("%s %s: %s\n", point->name, manifest_text(point->manifest, "time"),
		       kept ? "kept" : "dropped");
}

struct names {
	char (*items)[POINT_NAME];
	size_t count;
};

/* Points move up in the catalogue when one is removed: they are known by their names. */
static bool is_unwanted(void *argument, const struct point *point)
{
	const struct names *names = argument;

	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->items[i], point->name))
			return true;
	return false;
}

/* Those that an earlier run has dropped go as well. */
static int drop(struct catalogue *catalogue, const bool *kept, bool dry)
{
	struct names names = { calloc(catalogue->point_count + 1, POINT_NAME), 0 };
	int ret = names.items ? 0 : -1;

	for (size_t i = 0; !ret && i < catalogue->point_count; i++) {
		const struct point *point = &catalogue->points[i];

		if (point_usable(point))
			tell(point, kept[i]);
		if (point->manifest && !kept[i])
			strcpy(names.items[names.count++], point->name);
	}
	if (!ret && !dry)
		ret = merge_remove(catalogue, is_unwanted, &names);
	free(names.items);
	return ret;
}

static int check_rules(const struct options *options)
{
	for (size_t rule = 0; rule < KEEP_RULES; rule++)
		if (options->keep[rule])
			return STATUS_OK;
	say("say what is to be kept: --keep-last, --keep-daily, --keep-weekly, --keep-monthly");
	return STATUS_USAGE;
}

static int run(const struct options *options)
{
	struct catalogue catalogue;
	bool dry = options->given & OPTION_DRY_RUN;
	int status = check_rules(options);
	bool *kept;

	if (status)
		return status;
	status = catalogue_open(&catalogue, options->target, options->set, CATALOGUE_WRITE);
	if (!status) {
		kept = choose(&catalogue, options);
		if (!kept || drop(&catalogue, kept, dry))
			status = STATUS_FAILED;
		if (!dry)
			catalogue_clean(&catalogue);
		free(kept);
	}
	catalogue_close(&catalogue);
	return status;
}

const struct command command_prune = {
	.name = "prune",
	.usage = "TARGET --keep-last N [OPTION...]",
	.summary = "Remove points",
	.takes = OPTION_SET | OPTION_KEEP | OPTION_DRY_RUN,
	.run = run,
};
