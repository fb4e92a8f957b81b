// SPDX-License-Identifier: GPL-2.0-or-later
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "digest.h"
#include "manifest.h"
#include "say.h"

#define LONGEST_NAME	120
#define LARGEST_SIZE	(INT64_C(1) << 62)

const char *manifest_text(struct json_object *object, const char *name)
{
	struct json_object *value = json_object_object_get(object, name);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

uint64_t manifest_number(struct json_object *object, const char *name)
{
	struct json_object *value = json_object_object_get(object, name);

	return json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : 0;
}

bool manifest_flag(struct json_object *object, const char *name)
{
	return json_object_get_boolean(json_object_object_get(object, name));
}

void manifest_set_text(struct json_object *object, const char *name, const char *text)
{
	json_object_object_add(object, name, text ? json_object_new_string(text) : NULL);
}

void manifest_set_number(struct json_object *object, const char *name, uint64_t number)
{
	json_object_object_add(object, name, json_object_new_int64(number));
}

struct json_object *manifest_devices(struct json_object *manifest)
{
	return json_object_object_get(manifest, "devices");
}

size_t manifest_device_count(struct json_object *manifest)
{
	return json_object_array_length(manifest_devices(manifest));
}

struct json_object *manifest_device_at(struct json_object *manifest, size_t index)
{
	return json_object_array_get_idx(manifest_devices(manifest), index);
}

struct json_object *manifest_device(struct json_object *manifest, const char *name)
{
	for (size_t i = 0; i < manifest_device_count(manifest); i++) {
		struct json_object *device = manifest_device_at(manifest, i);

		if (!strcmp(manifest_text(device, "name"), name))
			return device;
	}
	return NULL;
}

bool manifest_name_valid(const char *name)
{
	size_t length = name ? strlen(name) : 0;

	return length && length <= LONGEST_NAME && *name != '.' && *name != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-") ==
		       length;
}

unsigned int manifest_point_number(const char *name)
{
	unsigned int number = 0;

	if (strlen(name) != 6 || strspn(name, "0123456789") != 6)
		return 0;
	sscanf(name, "%u", &number);
	return number;
}

void time_text(int64_t seconds, char text[TIME_SIZE])
{
	time_t value = seconds;
	struct tm parts;

	if (!gmtime_r(&value, &parts) || !strftime(text, TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts))
		strcpy(text, "1970-01-01T00:00:00Z");
}

int64_t time_seconds(const char *text)
{
	struct tm parts = {};
	const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts) : NULL;

	return end && !*end ? timegm(&parts) : -1;
}

/* A point's name, or null. */
static bool is_point(struct json_object *device, const char *name, unsigned int below)
{
	const char *text = manifest_text(device, name);
	unsigned int number;

	if (!json_object_object_get(device, name))
		return true;
	number = text ? manifest_point_number(text) : 0;
	return number && number < below;
}

static bool is_size(struct json_object *device, const char *name)
{
	struct json_object *value = json_object_object_get(device, name);
	int64_t number = json_object_get_int64(value);

	return json_object_is_type(value, json_type_int) && number >= 0 && number <= LARGEST_SIZE;
}

/* What a device is based on is an earlier point, so no chain leads back to itself. */
static bool device_valid(struct json_object *device, unsigned int point)
{
	const char *content = manifest_text(device, "content_sha256");

	return json_object_is_type(device, json_type_object) &&
	       manifest_name_valid(manifest_text(device, "name")) &&
	       is_size(device, "size") && is_size(device, "file_size") &&
	       is_size(device, "number") && manifest_text(device, "generation") &&
	       digest_valid(manifest_text(device, "sha256")) && (!content || digest_valid(content)) &&
	       is_point(device, "backing", point) && is_point(device, "merging", point);
}

static bool valid(struct json_object *manifest, unsigned int point)
{
	const char *schema = manifest_text(manifest, "schema");
	struct json_object *devices = manifest_devices(manifest);

	if (!schema || strcmp(schema, SCHEMA) || manifest_number(manifest, "point") != point ||
	    time_seconds(manifest_text(manifest, "time")) < 0 ||
	    !json_object_is_type(devices, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		struct json_object *device = json_object_array_get_idx(devices, i);

		if (!device_valid(device, point) ||
		    manifest_device(manifest, manifest_text(device, "name")) != device)
			return false;
	}
	return true;
}

struct json_object *manifest_check(struct json_object *manifest, const char *point)
{
	if (json_object_is_type(manifest, json_type_object) &&
	    valid(manifest, manifest_point_number(point)))
		return manifest;
	json_object_put(manifest);
	return NULL;
}
