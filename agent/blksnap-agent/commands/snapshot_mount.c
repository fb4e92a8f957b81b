// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "device/folder.h"
#include "lifecycle/image_mount.h"
#include "state/image_uses.h"
#include "state/lookup.h"

static int print_folders(const struct strings *folders)
{
	for (size_t i = 0; i < folders->count; i++)
		puts(folders->items[i]);
	return output_flush();
}

static int print_folders_json(const struct mounting *mounting)
{
	struct json_object *object = output_begin();
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < mounting->folders.count; i++) {
		struct json_object *entry = json_object_new_object();

		output_text(entry, "device", mounting->devices.items[i]);
		output_text(entry, "folder", mounting->folders.items[i]);
		json_object_array_add(array, entry);
	}
	json_object_object_add(object, "folders", array);
	return output_end(object);
}

static int open_folder(const char *path)
{
	int dir = folder_open(path, NULL);

	if (dir == -ENOTDIR)
		message_error("cannot mount below %s: it is not a folder", path);
	else if (dir < 0)
		message_errno(dir, "cannot mount below %s", path);
	return dir;
}

static int check_not_mounted(const struct record *record, const char *text)
{
	struct strings folders = {};
	int ret = image_uses_mounted(record, &folders);

	if (!ret && folders.count)
		message_error("snapshot %s is mounted at %s already", text, folders.items[0]);
	else if (ret)
		message_errno(ret, "cannot tell whether snapshot %s is mounted", text);
	ret = ret || folders.count;
	strings_free(&folders);
	return ret;
}

static int mount_below(const struct arguments *arguments, const struct record *record,
		       const char *path)
{
	const char *text = arguments->words[0];
	struct mounting mounting = { .path = path };
	struct snapshot_status snapshot;
	int status;

	mounting.snapshot = &snapshot;
	mounting.dir = open_folder(path);
	if (mounting.dir < 0)
		return 1;
	status = snapshot_status_read(&snapshot, &record->id) ? 1 : 0;
	if (status)
		message_error("cannot read the record of snapshot %s", text);
	else
		status = image_mount_all(&mounting, text);
	if (!status)
		status = arguments->json ? print_folders_json(&mounting) :
			 print_folders(&mounting.folders);
	close(mounting.dir);
	strings_free(&mounting.names);
	strings_free(&mounting.folders);
	strings_free(&mounting.devices);
	snapshot_status_free(&snapshot);
	return status;
}

static int run(const struct arguments *arguments)
{
	char *path = realpath(arguments->words[1], NULL);
	struct record record = {};
	int status = path ? 0 : 1;

	if (!path)
		message_errno(-errno, "cannot mount below %s", arguments->words[1]);
	if (!status)
		status = lookup_record(arguments->words[0], &record) ||
			 check_not_mounted(&record, arguments->words[0]) ||
			 mount_below(arguments, &record, path);
	record_free(&record);
	free(path);
	return status ? STATUS_FAILED : STATUS_OK;
}

const struct agent_command agent_snapshot_mount = {
	.name = "snapshot mount",
	.usage = "ID DIR",
	.summary = "Mount all images below a folder, read-only",
	.takes = ARGUMENT_JSON,
	.least = 2,
	.most = 2,
	.run = run,
};
