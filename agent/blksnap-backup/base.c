// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"
#include "chain.h"

#define LONGEST_NAME	100

/* "/dev/mapper/vg-root" is "vg-root". */
static void clean_name(const char *path, char *name)
{
	const char *last = strrchr(path, '/');
	size_t length = 0;

	for (last = last ? last + 1 : path; *last && length < LONGEST_NAME; last++)
		name[length++] = *last;
	name[length] = '\0';
	for (char *byte = name; *byte; byte++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-",
			    *byte))
			*byte = '_';
	if (!manifest_name_valid(name))
		strcpy(name, "device");
}

char *base_device_name(struct json_object *manifest, struct json_object *source)
{
	const char *stable = manifest_text(source, "stable_name");
	const char *path = manifest_text(source, "device");
	char name[LONGEST_NAME + 1], *unique;
	unsigned int i = 1;

	clean_name(stable ? stable : path ? path : "device", name);
	unique = strdup(name);
	while (unique && manifest_device(manifest, unique)) {
		free(unique);
		if (asprintf(&unique, "%s_%u", name, ++i) < 0)
			unique = NULL;
	}
	return unique;
}

static const struct point *last_with(const struct catalogue *catalogue, const char *name)
{
	for (size_t i = catalogue->point_count; i-- > 0;) {
		const struct point *point = &catalogue->points[i];

		if (point_usable(point) && manifest_device(point->manifest, name))
			return point;
	}
	return NULL;
}

/* Its number counts what changed in one generation only. */
static const char *cannot_follow(struct json_object *before, struct json_object *source)
{
	const char *generation = manifest_text(source, "generation");

	if (!generation || strcmp(manifest_text(before, "generation"), generation))
		return "its change map has begun a new generation";
	if (manifest_number(before, "size") != manifest_number(source, "size"))
		return "its size has changed";
	if (manifest_number(before, "number") >= manifest_number(source, "number"))
		return "the number of the last point is still to come";
	return NULL;
}

const struct point *base_find(const struct catalogue *catalogue, const char *name,
			      struct json_object *source, const char **reason)
{
	const struct point *point = last_with(catalogue, name);
	struct chain chain;

	if (!point) {
		*reason = "it is the first";
		return NULL;
	}
	*reason = cannot_follow(manifest_device(point->manifest, name), source);
	if (*reason)
		return NULL;
	if (chain_open(&chain, catalogue, point, name)) {
		*reason = "the last point cannot be used";
		return NULL;
	}
	chain_close(&chain);
	return point;
}
