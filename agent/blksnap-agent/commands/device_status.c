// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli/exit_status.h"
#include "cli/message.h"
#include "cli/output.h"
#include "commands/commands.h"
#include "commands/tracked_device.h"
#include "device/target.h"

static int print_device(const struct target *target, bool json)
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

static int run(const struct arguments *arguments)
{
	struct targets targets = {};
	int status = targets_add_one(&targets, arguments->words[0]);

	if (!status)
		status = print_device(&targets.items[0], arguments->json);
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
	.run = run,
};
