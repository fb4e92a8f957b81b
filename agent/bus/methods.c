// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <blksnap/blksnap.h>

#include "bus/caller.h"
#include "bus/interface.h"
#include "bus/methods.h"
#include "cli/exit_status.h"
#include "number.h"

#define LETTERS		"abcdefghijklmnopqrstuvwxyz"
#define DIGITS		"0123456789"

#define MOST_DEVICES	256

static int bad(sd_bus_error *error, const char *text)
{
	return sd_bus_error_set_const(error, SD_BUS_ERROR_INVALID_ARGS, text);
}

static bool consists_of(const char *text, const char *allowed, size_t most)
{
	size_t length = strnlen(text, most + 1);

	return length && length <= most && strspn(text, allowed) == length;
}

static __attribute__((format(printf, 2, 3)))
int add(struct strings *argv, const char *format, ...)
{
	va_list arguments;
	char *text;
	int ret;

	va_start(arguments, format);
	ret = vasprintf(&text, format, arguments) < 0 ? -ENOMEM : 0;
	va_end(arguments);
	if (ret)
		return ret;
	ret = strings_add(argv, text);
	free(text);
	return ret;
}

static int add_format(struct strings *argv, const char *format, sd_bus_error *error)
{
	if (!strcmp(format, "json"))
		return add(argv, "--json");
	return strcmp(format, "text") ? bad(error, "the format is neither json nor text") : 0;
}

/* An id, the start of one, or a name; see check_name() of the command line. */
static int add_snapshot(struct strings *argv, const char *text, sd_bus_error *error)
{
	if (!consists_of(text, LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "._-", 64) ||
	    *text == '-' || *text == '.')
		return bad(error, "the snapshot is neither an id nor a name");
	return add(argv, "--") ? -ENOMEM : add(argv, "%s", text);
}

static int parse_device(const char *text, uint64_t numbers[2])
{
	const char *end;

	if (!consists_of(text, DIGITS ":", 21) || number_scan(text, &end, &numbers[0]) ||
	    *end != ':' || number_parse(end + 1, UINT32_MAX, &numbers[1]) ||
	    numbers[0] > UINT32_MAX)
		return -EINVAL;
	return 0;
}

/*
 * Devices are named by number. A path would be followed with the rights of root, through folders
 * of others, and the message would tell what is there.
 */
static int add_device(struct strings *argv, const char *text, sd_bus_error *error)
{
	uint64_t numbers[2];
	char path[512];

	if (parse_device(text, numbers))
		return bad(error, "the device is no MAJOR:MINOR");
	if (blksnap_device_path(numbers[0], numbers[1], path, sizeof(path)))
		return bad(error, "there is no such block device");
	return add(argv, "%s", path);
}

static int read_list(sd_bus_message *message, struct strings *argv, sd_bus_error *error)
{
	const char *format;
	int ret = sd_bus_message_read(message, "s", &format);

	return ret < 0 ? ret : add_format(argv, format, error);
}

static int read_show(sd_bus_message *message, struct strings *argv, sd_bus_error *error)
{
	const char *snapshot, *format;
	int ret = sd_bus_message_read(message, "ss", &snapshot, &format);

	if (ret >= 0)
		ret = add_format(argv, format, error);
	return ret < 0 ? ret : add_snapshot(argv, snapshot, error);
}

static int read_wait(sd_bus_message *message, struct strings *argv, sd_bus_error *error)
{
	const char *snapshot;
	uint64_t timeout;
	int ret = sd_bus_message_read(message, "st", &snapshot, &timeout);

	if (ret >= 0 && timeout > INT32_MAX)
		return bad(error, "the timeout is too long");
	if (ret >= 0 && timeout)
		ret = add(argv, "--timeout=%" PRIu64, timeout);
	return ret < 0 ? ret : add_snapshot(argv, snapshot, error);
}

static int read_status(sd_bus_message *message, struct strings *argv, sd_bus_error *error)
{
	const char *device, *format;
	int ret = sd_bus_message_read(message, "ss", &device, &format);

	if (ret >= 0)
		ret = add_format(argv, format, error);
	if (ret >= 0)
		ret = add(argv, "--");
	return ret < 0 ? ret : add_device(argv, device, error);
}

/*
 * The group may know what changed on a device when it may read the image: an administrator's rule
 * for udev can close one, and a device that is in no snapshot has none.
 */
static int check_image(const char *device, sd_bus_error *error)
{
	gid_t group = caller_group();
	uint64_t numbers[2];
	char path[64];
	struct stat st;

	if (parse_device(device, numbers))
		return bad(error, "the device is no MAJOR:MINOR");
	snprintf(path, sizeof(path), "/dev/blksnap-image_%" PRIu64 ":%" PRIu64, numbers[0],
		 numbers[1]);
	if (group != (gid_t)-1 && !lstat(path, &st) && S_ISBLK(st.st_mode) && !st.st_uid &&
	    st.st_gid == group && st.st_mode & S_IRGRP)
		return 0;
	return sd_bus_error_set_const(error, BUS_ERROR_REFUSED,
				      "cannot tell what changed: the device has no image that the group " BUS_GROUP " may read; take a snapshot first");
}

static int add_since(struct strings *argv, const char *generation, unsigned int since,
		     sd_bus_error *error)
{
	struct blksnap_id id;

	if (!*generation)
		return since ? bad(error, "the number is of no use without a generation") : 0;
	if (blksnap_id_parse(generation, &id))
		return bad(error, "the generation is no UUID");
	return add(argv, "--generation=%s", generation) ? -ENOMEM : add(argv, "--since=%u", since);
}

/* Root's calls are subject to check_image(), too: root has the command. */
static int read_changes(sd_bus_message *message, struct strings *argv, sd_bus_error *error)
{
	static const char *const formats[] = { "extents", "json", "bmap", "borg", "map" };
	const char *device, *generation, *format;
	uint8_t since;
	size_t i = 0;
	int ret = sd_bus_message_read(message, "ssys", &device, &generation, &since, &format);

	if (ret >= 0)
		ret = check_image(device, error);
	if (ret >= 0)
		ret = add_since(argv, generation, since, error);
	if (ret < 0)
		return ret;
	while (i < sizeof(formats) / sizeof(formats[0]) && strcmp(format, formats[i]))
		i++;
	if (i == sizeof(formats) / sizeof(formats[0]))
		return bad(error, "the format is not extents, json, bmap, borg or map");
	ret = add(argv, "--format=%s", formats[i]);
	if (!ret)
		ret = add(argv, "--");
	return ret ? ret : add_device(argv, device, error);
}

static int add_devices(sd_bus_message *message, struct strings *devices, sd_bus_error *error)
{
	const char *device;
	int ret = sd_bus_message_enter_container(message, 'a', "s");

	while (ret >= 0 && (ret = sd_bus_message_read(message, "s", &device)) > 0) {
		if (devices->count == MOST_DEVICES)
			return bad(error, "there are too many devices");
		ret = add_device(devices, device, error);
	}
	if (ret >= 0 && !devices->count)
		return bad(error, "a device is missing");
	return ret < 0 ? ret : sd_bus_message_exit_container(message);
}

/* The command has the last word on the name and the time. */
static int add_create_options(sd_bus_message *message, struct strings *argv, sd_bus_error *error)
{
	const char *name, *ttl, *format;
	int ret = sd_bus_message_read(message, "sss", &name, &ttl, &format);

	if (ret >= 0)
		ret = add_format(argv, format, error);
	if (ret >= 0 && strlen(name) > 64)
		return bad(error, "the name is too long");
	if (ret >= 0 && *name)
		ret = add(argv, "--name=%s", name);
	if (ret >= 0 && *ttl && !consists_of(ttl, LETTERS DIGITS, 20))
		return bad(error, "the time is none");
	if (ret >= 0 && *ttl)
		ret = add(argv, "--ttl=%s", ttl);
	return ret < 0 ? ret : add(argv, "--");
}

static int read_create(sd_bus_message *message, struct strings *argv, sd_bus_error *error)
{
	struct strings devices = {};
	int ret = add_devices(message, &devices, error);

	if (ret >= 0)
		ret = add_create_options(message, argv, error);
	for (size_t i = 0; ret >= 0 && i < devices.count; i++)
		ret = strings_add(argv, devices.items[i]);
	strings_free(&devices);
	return ret;
}

static int read_destroy(sd_bus_message *message, struct strings *argv, sd_bus_error *error)
{
	const char *snapshot;
	int ret = sd_bus_message_read(message, "s", &snapshot);

	return ret < 0 ? ret : add_snapshot(argv, snapshot, error);
}

static const struct method methods[] = {
	{ "ListSnapshots", NULL, { "snapshot", "list" }, 0, "d", read_list },
	{ "ShowSnapshot", NULL, { "snapshot", "show" }, 1 << STATUS_LOST, "di", read_show },
	{ "WaitSnapshot", NULL, { "snapshot", "wait" },
	  1 << STATUS_LOST | 1 << STATUS_EXPIRED | 1 << STATUS_TIMEOUT, "im", read_wait },
	{ "ListDevices", NULL, { "device", "list" }, 0, "d", read_list },
	{ "DeviceStatus", NULL, { "device", "status" }, 0, "d", read_status },
	{ "Changes", NULL, { "changes" }, 0, "h", read_changes },
	{ "CreateSnapshot", BUS_ACTION_CREATE, { "snapshot", "create" }, 0, "d", read_create },
	{ "DestroySnapshot", BUS_ACTION_DESTROY, { "snapshot", "destroy" }, 0, "", read_destroy },
};

const struct method *method_find(const char *member)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (!strcmp(methods[i].member, member))
			return &methods[i];
	return NULL;
}

int method_arguments(const struct method *method, sd_bus_message *message, struct strings *argv,
		     sd_bus_error *error)
{
	int ret = strings_add(argv, "blksnap-agent");

	for (size_t i = 0; !ret && i < 2 && method->command[i]; i++)
		ret = strings_add(argv, method->command[i]);
	if (!ret)
		ret = method->read(message, argv, error);
	if (ret < 0 && !sd_bus_error_is_set(error))
		sd_bus_error_set_errno(error, ret);
	return ret < 0 ? ret : 0;
}
