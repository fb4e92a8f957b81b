// SPDX-License-Identifier: GPL-2.0-or-later
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
#include "quantity.h"

static void print_line(const struct tracked_device *device)
{
	char generation[BLKSNAP_ID_TEXT], size[SIZE_TEXT];

	printf("%-16s  %10s  %s  %6u  %s\n", device->path,
	       size_format(device->tracker.device_size, size),
	       blksnap_id_format(&device->tracker.generation, generation), device->tracker.number,
	       *device->image.name ? device->image.name : "-");
}

static void list_device(const char *name, struct json_object *array)
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

/* A size of 0 means no medium; opening such a drive would wake it. */
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

static int list_devices(struct json_object *array)
{
	struct dirent **entries;
	int count = scandir("/sys/class/block", &entries, is_entry, versionsort);

	if (count < 0) {
		message_errno(-errno, "cannot list the block devices");
		return 1;
	}
	for (int i = 0; i < count; i++) {
		if (has_size(entries[i]->d_name))
			list_device(entries[i]->d_name, array);
		free(entries[i]);
	}
	free(entries);
	return 0;
}

static int list_json(void)
{
	struct json_object *object = output_begin();
	struct json_object *array = json_object_new_array();
	int status = list_devices(array);

	json_object_object_add(object, "devices", array);
	return output_end(object) | status;
}

static int list_table(void)
{
	int status;

	printf("%-16s  %10s  %-36s  %6s  %s\n", "DEVICE", "SIZE", "GENERATION", "NUMBER", "IMAGE");
	status = list_devices(NULL);
	return output_flush() | status;
}

static int run(const struct arguments *arguments)
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
	.run = run,
};
