// SPDX-License-Identifier: GPL-2.0-or-later
/* The commands for devices. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/control.h"
#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "commands/tracked_device.h"
#include "device/target.h"
#include "quantity.h"

static int find(struct targets *targets, const struct arguments *arguments)
{
	int status = 0;

	if (arguments->all)
		return targets_add_mounted(targets, &arguments->excluded);
	for (size_t i = 0; !status && i < arguments->word_count; i++)
		status = targets_add(targets, arguments->words[i]);
	return status;
}

static int attach_one(const struct target *target)
{
	int ret = blksnap_attach(target->fd);

	if (!ret || ret == -EALREADY)
		return 0;
	message_failed(BLKSNAP_ATTACH, ret, "cannot attach to device %s", target->member.path);
	return 1;
}

static int detach_one(const struct target *target)
{
	int ret = blksnap_detach(target->fd);

	if (!ret)
		return 0;
	message_failed(BLKSNAP_DETACH, ret, "cannot detach from device %s", target->member.path);
	return 1;
}

/* All names are looked up before anything is done; then each device by itself. */
static int for_each(const struct arguments *arguments, int (*act)(const struct target *target))
{
	struct targets targets = {};
	int status = find(&targets, arguments);

	if (!status)
		for (size_t i = 0; i < targets.count; i++)
			status |= act(&targets.items[i]);
	targets_free(&targets);
	return status ? STATUS_FAILED : STATUS_OK;
}

static int run_attach(const struct arguments *arguments)
{
	return for_each(arguments, attach_one);
}

const struct agent_command agent_device_attach = {
	.name = "device attach",
	.usage = "DEVICE... | --all [--exclude DEVICE]...",
	.summary = "Begin to track what changes on devices",
	.takes = ARGUMENT_ALL | ARGUMENT_EXCLUDE,
	.least = 1,
	.most = SIZE_MAX,
	.run = run_attach,
};

static int run_detach(const struct arguments *arguments)
{
	return for_each(arguments, detach_one);
}

const struct agent_command agent_device_detach = {
	.name = "device detach",
	.usage = "DEVICE...",
	.summary = "End that; the next backup is a full one",
	.least = 1,
	.most = SIZE_MAX,
	.run = run_detach,
};

static int print_one(const struct target *target, bool json)
{
	struct tracked_device device;
	struct json_object *object;
	int ret = tracked_device_read(&device, target->member.path, target->fd);

	if (ret) {
		message_failed(BLKSNAP_TRACKER_INFO, ret, "cannot look at device %s",
			       target->member.path);
		return 1;
	}
	if (!json) {
		tracked_device_print(&device);
		return output_flush();
	}
	object = output_begin();
	json_object_object_add(object, "device", tracked_device_json(&device));
	return output_end(object);
}

static int run_status(const struct arguments *arguments)
{
	struct targets targets = {};
	int status = targets_add_one(&targets, arguments->words[0]);

	if (!status)
		status = print_one(&targets.items[0], arguments->json);
	targets_free(&targets);
	return status ? STATUS_FAILED : STATUS_OK;
}

const struct agent_command agent_device_status = {
	.name = "device status",
	.usage = "DEVICE [--json]",
	.summary = "Print how a device is tracked",
	.takes = ARGUMENT_JSON,
	.least = 1,
	.most = 1,
	.run = run_status,
};

static void print_line(const struct tracked_device *device)
{
	char generation[BLKSNAP_ID_TEXT], size[SIZE_TEXT];

	printf("%-16s  %10s  %s  %6u  %s\n", device->path,
	       size_format(device->tracker.device_size, size),
	       blksnap_id_format(&device->tracker.generation, generation), device->tracker.number,
	       *device->image.name ? device->image.name : "-");
}

static void list_one(const char *name, struct json_object *array)
{
	struct tracked_device device;
	char path[512];
	bool tracked;
	int fd;

	snprintf(path, sizeof(path), "/dev/%s", name);
	for (char *bang = path; (bang = strchr(bang, '!'));)
		*bang = '/';
	fd = blksnap_device_open(path);
	if (fd < 0)
		return;
	tracked = !tracked_device_read(&device, path, fd) && device.tracked;
	close(fd);
	if (tracked && array)
		json_object_array_add(array, tracked_device_json(&device));
	else if (tracked)
		print_line(&device);
}

/* Without a size there is no medium, and a drive would be woken for nothing. */
static bool has_size(const char *name)
{
	char path[512], text[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/block/%s/size", name);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(text, sizeof(text), file))
		*text = '\0';
	fclose(file);
	return strtoull(text, NULL, 10) > 0;
}

static int is_entry(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static int list(struct json_object *array)
{
	struct dirent **entries;
	int count = scandir("/sys/class/block", &entries, is_entry, versionsort);

	if (count < 0) {
		message_errno(-errno, "cannot list the block devices");
		return 1;
	}
	for (int i = 0; i < count; i++) {
		if (has_size(entries[i]->d_name))
			list_one(entries[i]->d_name, array);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

static int list_json(void)
{
	struct json_object *object = output_begin();
	struct json_object *array = json_object_new_array();
	int status = list(array);

	json_object_object_add(object, "devices", array);
	return output_end(object) | status;
}

static int list_table(void)
{
	int status;

	printf("%-16s  %10s  %-36s  %6s  %s\n", "DEVICE", "SIZE", "GENERATION", "NUMBER", "IMAGE");
	status = list(NULL);
	return output_flush() | status;
}

static int run_list(const struct arguments *arguments)
{
	int control = control_open();

	if (control < 0)
		return STATUS_FAILED;
	close(control);
	return (arguments->json ? list_json() : list_table()) ? STATUS_FAILED : STATUS_OK;
}

const struct agent_command agent_device_list = {
	.name = "device list",
	.usage = "[--json]",
	.summary = "Print the devices that are tracked",
	.takes = ARGUMENT_JSON,
	.run = run_list,
};
