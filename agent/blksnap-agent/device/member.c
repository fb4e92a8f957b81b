// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/member.h"
#include "name.h"
#include "string_list.h"

/* The strings of a member: their names in a record, and their offsets. */
static const struct {
	const char *name;
	size_t offset;
} texts[] = {
	{ "path", offsetof(struct member, path) },
	{ "given", offsetof(struct member, given) },
	{ "mount_point", offsetof(struct member, mount_point) },
	{ "stable", offsetof(struct member, stable) },
	{ "uuid", offsetof(struct member, uuid) },
	{ "label", offsetof(struct member, label) },
	{ "role", offsetof(struct member, role) },
};

#define TEXT_COUNT	(sizeof(texts) / sizeof(texts[0]))

static char **text_at(const struct member *member, size_t i)
{
	return (char **)((char *)member + texts[i].offset);
}

void member_free(struct member *member)
{
	for (size_t i = 0; i < TEXT_COUNT; i++)
		free(*text_at(member, i));
}

static int copy_texts(struct member *copy, const struct member *member)
{
	int ret = 0;

	for (size_t i = 0; i < TEXT_COUNT; i++) {
		const char *text = *text_at(member, i);

		*text_at(copy, i) = text ? strdup(text) : NULL;
		if (text && !*text_at(copy, i))
			ret = -ENOMEM;
	}
	if (ret)
		member_free(copy);
	return ret;
}

int members_add(struct members *members, const struct member *member)
{
	struct member *items = reallocarray(members->items, members->count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	members->items = items;
	items[members->count] = *member;
	if (copy_texts(&items[members->count], member))
		return -ENOMEM;
	members->count++;
	return 0;
}

void members_free(struct members *members)
{
	for (size_t i = 0; i < members->count; i++)
		member_free(&members->items[i]);
	free(members->items);
	memset(members, 0, sizeof(*members));
}

/* The node may have been renamed, or may belong to another device, since the record was written. */
int member_open(const struct member *member)
{
	char *path = name_of_device(member->number);
	int fd = path ? blksnap_device_open(path) : -ENXIO;
	struct stat st;

	free(path);
	if (fd < 0 || (!fstat(fd, &st) && st.st_rdev == member->number))
		return fd;
	close(fd);
	return -ENXIO;
}

const char *member_name(const struct member *member)
{
	if (member->mount_point)
		return member->mount_point;
	return member->stable ? member->stable : member->path;
}

const char *member_label(const struct member *member, char text[MEMBER_LABEL])
{
	const char *name = member->given ? member->given : member_name(member);

	if (strcmp(name, member->path))
		snprintf(text, MEMBER_LABEL, "%s (%s)", name, member->path);
	else
		snprintf(text, MEMBER_LABEL, "%s", name);
	return text;
}

static const char *path_of(const struct member *member)
{
	return member->path;
}

static char *join_names(const struct members *members,
			const char *(*name)(const struct member *member))
{
	struct strings names = {};
	char *text = NULL;
	int ret = 0;

	for (size_t i = 0; !ret && i < members->count; i++)
		ret = strings_add(&names, name(&members->items[i]));
	if (!ret)
		text = strings_join(&names, " ");
	strings_free(&names);
	return text;
}

char *members_join(const struct members *members)
{
	return join_names(members, member_name);
}

char *members_join_paths(const struct members *members)
{
	return join_names(members, path_of);
}

static struct json_object *write_member(const struct member *member)
{
	struct json_object *object = json_object_new_object();
	char text[BLKSNAP_ID_TEXT];

	for (size_t i = 0; i < TEXT_COUNT; i++)
		if (*text_at(member, i))
			json_object_object_add(object, texts[i].name,
					       json_object_new_string(*text_at(member, i)));
	json_object_object_add(object, "major", json_object_new_int64(major(member->number)));
	json_object_object_add(object, "minor", json_object_new_int64(minor(member->number)));
	json_object_object_add(object, "size", json_object_new_int64(member->size));
	json_object_object_add(object, "take", json_object_new_int64(member->take));
	json_object_object_add(
	    object, "generation",
	    json_object_new_string(blksnap_id_format(&member->generation, text)));
	json_object_object_add(object, "attached", json_object_new_boolean(member->attached));
	return object;
}

struct json_object *members_write(const struct members *members)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < members->count; i++)
		json_object_array_add(array, write_member(&members->items[i]));
	return array;
}

static int64_t number_in(struct json_object *object, const char *name)
{
	struct json_object *item;

	if (!json_object_object_get_ex(object, name, &item) ||
	    !json_object_is_type(item, json_type_int))
		return -1;
	return json_object_get_int64(item);
}

static const char *text_in(struct json_object *object, const char *name)
{
	struct json_object *item;

	if (!json_object_object_get_ex(object, name, &item) ||
	    !json_object_is_type(item, json_type_string))
		return NULL;
	return json_object_get_string(item);
}

static int read_member(struct members *members, struct json_object *object)
{
	const char *generation = text_in(object, "generation");
	int64_t major_number = number_in(object, "major"),
		minor_number = number_in(object, "minor");
	int64_t size = number_in(object, "size"), take = number_in(object, "take");
	struct member member = { .size = size, .take = take };
	struct json_object *attached;

	for (size_t i = 0; i < TEXT_COUNT; i++)
		*text_at(&member, i) = (char *)text_in(object, texts[i].name);
	if (!member.path || !generation || blksnap_id_parse(generation, &member.generation) ||
	    major_number < 0 || major_number > UINT32_MAX || minor_number < 0 ||
	    minor_number > UINT32_MAX || size < 0 || take < 0 || take > UINT8_MAX)
		return -EINVAL;
	member.number = makedev(major_number, minor_number);
	if (json_object_object_get_ex(object, "attached", &attached))
		member.attached = json_object_get_boolean(attached);
	return members_add(members, &member);
}

static int read_path(struct members *members, const char *path)
{
	struct member member = { .path = (char *)path };
	struct stat st;

	if (!stat(path, &st) && S_ISBLK(st.st_mode))
		member.number = st.st_rdev;
	return members_add(members, &member);
}

int members_read(struct members *members, struct json_object *array)
{
	int ret = json_object_is_type(array, json_type_array) ? 0 : -EINVAL;

	for (size_t i = 0; !ret && i < json_object_array_length(array); i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (json_object_is_type(item, json_type_object))
			ret = read_member(members, item);
		else if (json_object_is_type(item, json_type_string))
			ret = read_path(members, json_object_get_string(item));
		else
			ret = -EINVAL;
	}
	return ret;
}

int members_mark_attached(struct members *members, struct json_object *array)
{
	if (!json_object_is_type(array, json_type_array))
		return -EINVAL;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (!json_object_is_type(item, json_type_string))
			return -EINVAL;
		for (size_t k = 0; k < members->count; k++)
			if (!strcmp(members->items[k].path, json_object_get_string(item)))
				members->items[k].attached = true;
	}
	return 0;
}
