// SPDX-License-Identifier: GPL-2.0-or-later
/* The points of a target, and all about one of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "catalogue.h"
#include "options.h"
#include "quantity.h"
#include "say.h"
#include "string_list.h"

/* As the user's clock shows it, and as TARGET@POINT takes it. */
static void local_time(struct json_object *manifest, char text[TIME_SIZE])
{
	time_t seconds = time_seconds(manifest_text(manifest, "time"));
	struct tm parts;

	if (!localtime_r(&seconds, &parts) ||
	    !strftime(text, TIME_SIZE, "%Y-%m-%dT%H:%M:%S", &parts))
		strcpy(text, "?");
}

static const char *state_of(const struct point *point)
{
	if (!point->manifest)
		return "damaged";
	return point_usable(point) ? "complete" : "merging";
}

static struct json_object *describe(const struct catalogue *catalogue, const struct point *point)
{
	struct json_object *object = json_object_new_object();

	manifest_set_text(object, "set", catalogue->set);
	manifest_set_number(object, "point", manifest_point_number(point->name));
	manifest_set_text(object, "state", state_of(point));
	json_object_object_add(object, "manifest", json_object_get(point->manifest));
	return object;
}

static void print_point(const struct point *point)
{
	char local[TIME_SIZE], size[SIZE_TEXT];
	uint64_t bytes = 0;
	bool full = true;

	if (!point->manifest) {
		printf("%-8s%-21s%-6s%-10s%s\n", point->name, "-", "-", "-", state_of(point));
		return;
	}
	local_time(point->manifest, local);
	for (size_t i = 0; i < manifest_device_count(point->manifest); i++) {
		struct json_object *device = manifest_device_at(point->manifest, i);

		bytes += manifest_number(device, "file_size");
		full = full && !manifest_text(device, "backing");
	}
	printf("%-8s%-21s%-6s%-10s%s", point->name, local, full ? "full" : "incr",
	       size_format(bytes, size), state_of(point));
	for (size_t i = 0; i < manifest_device_count(point->manifest); i++)
		printf(" %s", manifest_text(manifest_device_at(point->manifest, i), "name"));
	putchar('\n');
}

static int list_set(const struct options *options, const char *set, struct json_object *points)
{
	struct catalogue catalogue;
	int status = catalogue_open(&catalogue, options->target, set, CATALOGUE_READ);

	if (!status && !points) {
		printf("set %s\n%-8s%-21s%-6s%-10s%s\n", catalogue.set, "POINT", "TIME", "KIND",
		       "SIZE", "STATE, DEVICES");
		for (size_t i = 0; i < catalogue.point_count; i++)
			print_point(&catalogue.points[i]);
	} else if (!status) {
		for (size_t i = 0; i < catalogue.point_count; i++)
			json_object_array_add(points, describe(&catalogue, &catalogue.points[i]));
	}
	catalogue_close(&catalogue);
	return status;
}

static int run_list(const struct options *options)
{
	struct json_object *points = say_is_json() ? json_object_new_array() : NULL, *whole;
	struct strings sets = {};
	int status = STATUS_OK;

	if (options->set) {
		status = list_set(options, options->set, points);
	} else if (catalogue_sets(options->target, &sets)) {
		status = STATUS_FAILED;
	} else {
		for (size_t i = 0; !status && i < sets.count; i++)
			status = list_set(options, sets.items[i], points);
	}
	if (!status && points) {
		whole = json_object_new_object();
		manifest_set_text(whole, "schema", SCHEMA);
		json_object_object_add(whole, "points", json_object_get(points));
		say_object(whole);
	}
	json_object_put(points);
	strings_free(&sets);
	return status;
}

static void print_device(struct json_object *device)
{
	static const char *const names[] = {
		"device", "stable_name", "mount_point", "uuid", "label", "backing", "generation",
		"sha256", "content_sha256",
	};
	char size[SIZE_TEXT];

	printf("\n%s, %s\n", manifest_text(device, "name"),
	       size_format(manifest_number(device, "size"), size));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (manifest_text(device, names[i]))
			printf("  %-16s%s\n", names[i], manifest_text(device, names[i]));
	printf("  %-16s%s\n", "file size",
	       size_format(manifest_number(device, "file_size"), size));
}

static int run_show(const struct options *options)
{
	struct catalogue catalogue;
	int status = catalogue_open(&catalogue, options->target, options->set, CATALOGUE_READ);
	struct point *point = status ? NULL : catalogue_choose(&catalogue, options->point);
	struct json_object *object;
	char local[TIME_SIZE];

	if (!point) {
		status = status ? status : STATUS_FAILED;
	} else if (say_is_json()) {
		object = describe(&catalogue, point);
		manifest_set_text(object, "schema", SCHEMA);
		say_object(object);
	} else {
		local_time(point->manifest, local);
		printf("point %s of set %s, %s\n", point->name, catalogue.set, local);
		for (size_t i = 0; i < manifest_device_count(point->manifest); i++)
			print_device(manifest_device_at(point->manifest, i));
	}
	catalogue_close(&catalogue);
	return status;
}

const struct command command_list = {
	.name = "list",
	.usage = "TARGET [--set NAME] [--json]",
	.summary = "Print the points",
	.takes = OPTION_SET,
	.run = run_list,
};

const struct command command_show = {
	.name = "show",
	.usage = "TARGET[@POINT] [--set NAME] [--json]",
	.summary = "Print all about one point",
	.takes = OPTION_SET,
	.run = run_show,
};
