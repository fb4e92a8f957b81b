// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "state/record.h"
#include "state/runtime.h"
#include "text_file.h"

#define RECORD_VERSION	1

static int read_place(struct storage_places *places, struct json_object *object)
{
	struct json_object *path, *device, *number, *identity;
	struct storage_place place = {};

	if (!json_object_object_get_ex(object, "path", &path) ||
	    !json_object_is_type(path, json_type_string) ||
	    !json_object_object_get_ex(object, "device", &device) ||
	    !json_object_is_type(device, json_type_boolean) ||
	    !json_object_object_get_ex(object, "number", &number) ||
	    !json_object_is_type(number, json_type_int))
		return -EINVAL;
	place.path = (char *)json_object_get_string(path);
	place.device = json_object_get_boolean(device);
	place.number = json_object_get_int64(number);
	if (json_object_object_get_ex(object, "identity", &identity))
		place.identity = (char *)json_object_get_string(identity);
	return storage_places_add(places, &place);
}

/* A place in a record of an earlier version: only its path. */
static int read_place_path(struct storage_places *places, const char *path)
{
	struct storage_place place = { .path = (char *)path };
	struct stat st;

	if (!stat(path, &st))
		place.device = S_ISBLK(st.st_mode);
	return storage_places_add(places, &place);
}

static int read_places(struct json_object *object, struct storage_places *places)
{
	struct json_object *array;
	int ret = 0;

	if (!json_object_object_get_ex(object, "storage", &array) ||
	    !json_object_is_type(array, json_type_array))
		return -EINVAL;
	for (size_t i = 0; !ret && i < json_object_array_length(array); i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (json_object_is_type(item, json_type_string))
			ret = read_place_path(places, json_object_get_string(item));
		else
			ret = read_place(places, item);
	}
	return ret;
}

static int read_devices(struct json_object *object, struct members *members)
{
	struct json_object *array, *attached;
	int ret;

	if (!json_object_object_get_ex(object, "devices", &array))
		return -EINVAL;
	ret = members_read(members, array);
	if (!ret && json_object_object_get_ex(object, "attached", &attached))
		ret = members_mark_attached(members, attached);
	return ret;
}

/* Read a number that is not negative. */
static int read_number(struct json_object *object, const char *name, int64_t *value)
{
	struct json_object *item;

	if (!json_object_object_get_ex(object, name, &item) ||
	    !json_object_is_type(item, json_type_int))
		return -EINVAL;
	*value = json_object_get_int64(item);
	return *value < 0 ? -EINVAL : 0;
}

/* *text stays NULL if the member is absent. */
static int read_text(struct json_object *object, const char *name, char **text)
{
	struct json_object *item;

	if (!json_object_object_get_ex(object, name, &item))
		return 0;
	if (!json_object_is_type(item, json_type_string))
		return -EINVAL;
	*text = strdup(json_object_get_string(item));
	return *text ? 0 : -ENOMEM;
}

static int read_id(struct json_object *object, struct blksnap_id *id)
{
	struct json_object *item;

	if (!json_object_object_get_ex(object, "id", &item) ||
	    !json_object_is_type(item, json_type_string))
		return -EINVAL;
	return blksnap_id_parse(json_object_get_string(item), id);
}

static int read_numbers(struct json_object *object, struct record *record)
{
	int64_t version, state, limit, reserve, reserve_set, hook_timeout;

	if (read_number(object, "version", &version) || version != RECORD_VERSION ||
	    read_number(object, "state", &state) || state > RECORD_TAKEN ||
	    read_number(object, "hook_timeout", &hook_timeout) ||
	    read_number(object, "limit", &limit) ||
	    read_number(object, "reserve", &reserve) ||
	    read_number(object, "reserve_set", &reserve_set) ||
	    read_number(object, "created", &record->created) ||
	    read_number(object, "expires", &record->expires) ||
	    read_number(object, "deadline", &record->deadline))
		return -EINVAL;
	record->state = state;
	record->hook_timeout = hook_timeout;
	record->storage.limit = limit;
	record->storage.reserve = reserve;
	record->storage.reserve_set = reserve_set;
	return 0;
}

int record_parse(struct record *record, const char *text)
{
	struct json_object *object = json_tokener_parse(text);
	int ret;

	memset(record, 0, sizeof(*record));
	if (!json_object_is_type(object, json_type_object)) {
		json_object_put(object);
		return -EINVAL;
	}
	ret = read_id(object, &record->id);
	if (!ret)
		ret = read_text(object, "name", &record->name);
	if (!ret)
		ret = read_text(object, "creator", &record->creator);
	if (!ret)
		ret = read_text(object, "hooks", &record->hooks);
	if (!ret && !record->hooks)
		ret = -EINVAL;
	if (!ret)
		ret = read_numbers(object, record);
	if (!ret)
		ret = read_devices(object, &record->devices);
	if (!ret)
		ret = read_places(object, &record->storage.places);
	json_object_put(object);
	return ret;
}

static void write_number(struct json_object *object, const char *name, int64_t value)
{
	json_object_object_add(object, name, json_object_new_int64(value));
}

static struct json_object *write_places(const struct storage_places *places)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < places->count; i++) {
		const struct storage_place *place = &places->items[i];
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "path", json_object_new_string(place->path));
		json_object_object_add(object, "device", json_object_new_boolean(place->device));
		write_number(object, "number", place->number);
		if (place->identity)
			json_object_object_add(object, "identity",
					       json_object_new_string(place->identity));
		json_object_array_add(array, object);
	}
	return array;
}

char *record_format(const struct record *record)
{
	struct json_object *object = json_object_new_object();
	char text[BLKSNAP_ID_TEXT], *result;

	write_number(object, "version", RECORD_VERSION);
	json_object_object_add(object, "id",
			       json_object_new_string(blksnap_id_format(&record->id, text)));
	if (record->name)
		json_object_object_add(object, "name", json_object_new_string(record->name));
	write_number(object, "state", record->state);
	if (record->creator)
		json_object_object_add(object, "creator",
				       json_object_new_string(record->creator));
	json_object_object_add(object, "devices", members_write(&record->devices));
	json_object_object_add(object, "storage", write_places(&record->storage.places));
	json_object_object_add(object, "hooks", json_object_new_string(record->hooks));
	write_number(object, "hook_timeout", record->hook_timeout);
	write_number(object, "limit", record->storage.limit);
	write_number(object, "reserve", record->storage.reserve);
	write_number(object, "reserve_set", record->storage.reserve_set);
	write_number(object, "created", record->created);
	write_number(object, "expires", record->expires);
	write_number(object, "deadline", record->deadline);
	result = strdup(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PRETTY));
	json_object_put(object);
	return result;
}

int record_read(struct record *record, const struct blksnap_id *id)
{
	char *path = runtime_path(id, "json");
	char *text = path ? text_file_read(path) : NULL;
	int ret;

	memset(record, 0, sizeof(*record));
	if (!path)
		return -ENOMEM;
	ret = text ? record_parse(record, text) : -errno;
	if (!ret && memcmp(&record->id, id, sizeof(*id)))
		ret = -EINVAL;
	free(text);
	free(path);
	return ret;
}

int record_write(const struct record *record)
{
	char *path = runtime_path(&record->id, "json");
	char *text = record_format(record);
	int ret = path && text ? runtime_write(path, text) : -ENOMEM;

	free(text);
	free(path);
	return ret;
}

bool record_exists(const struct blksnap_id *id)
{
	char *path = runtime_path(id, "json");
	bool found = !path || !access(path, F_OK);

	free(path);
	return found;
}

void record_free(struct record *record)
{
	free(record->name);
	free(record->hooks);
	free(record->creator);
	members_free(&record->devices);
	storage_places_free(&record->storage.places);
}

/* Whether a file name is that of a record. *id is the snapshot. */
static bool names_record(const char *name, struct blksnap_id *id)
{
	char text[BLKSNAP_ID_TEXT];

	if (strlen(name) != BLKSNAP_ID_TEXT - 1 + strlen(".json") ||
	    strcmp(name + BLKSNAP_ID_TEXT - 1, ".json"))
		return false;
	memcpy(text, name, BLKSNAP_ID_TEXT - 1);
	text[BLKSNAP_ID_TEXT - 1] = '\0';
	return !blksnap_id_parse(text, id);
}

static int add_id(struct blksnap_id **ids, size_t *count, const struct blksnap_id *id)
{
	struct blksnap_id *more = reallocarray(*ids, *count + 1, sizeof(**ids));

	if (!more)
		return -ENOMEM;
	*ids = more;
	more[(*count)++] = *id;
	return 0;
}

int record_list(struct blksnap_id **ids, size_t *count)
{
	DIR *dir = opendir(RUNTIME_DIR);
	struct dirent *entry;
	struct blksnap_id id;
	int ret = 0;

	*ids = NULL;
	*count = 0;
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!ret && (entry = readdir(dir)))
		if (names_record(entry->d_name, &id))
			ret = add_id(ids, count, &id);
	closedir(dir);
	return ret;
}
