// SPDX-License-Identifier: GPL-2.0-or-later
#include <signal.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "members.h"
#include "report.h"

static void destroy(int control, const struct blksnap_id *id)
{
	char text[REPORT_ID_SIZE];
	int ret = blksnap_snapshot_destroy(control, id);

	if (ret)
		report_error(ret, "cannot destroy the unfinished snapshot %s",
			     report_id_text(id, text));
}

static int print(const struct blksnap_id *id, bool json)
{
	struct report report;

	/* Print the bare id, for s=$(blksnap snapshot_create ...). */
	report_begin(&report, json, json ? NULL : "id");
	report_id(&report, "id", id);
	return report_end(&report);
}

/* If the id cannot be printed, the snapshot is destroyed again: nobody else knows the id. */
static int create(int control, const struct members *members, bool json)
{
	struct blksnap_id id;
	int ret = blksnap_snapshot_create(control, &id);

	if (ret) {
		report_error(ret, "cannot create a snapshot");
		return 1;
	}
	if (!snapshot_members_add(members, &id, NULL) && !print(&id, json))
		return 0;
	destroy(control, &id);
	return 1;
}

static int run(const struct options *options)
{
	int control = access_control();
	struct members members;
	int status;

	if (control < 0)
		return 1;
	/* With SIGPIPE ignored, a closed pipe makes the write fail. */
	signal(SIGPIPE, SIG_IGN);
	status = snapshot_members_attach(&members, options->devices, options->device_count);
	if (!status)
		status = create(control, &members, options->json);
	snapshot_members_close(&members, status);
	close(control);
	return status;
}

const struct command command_snapshot_create = {
	.name = "snapshot_create",
	.usage = "[-d DEV...] [-j]",
	.summary = "Create a snapshot of devices and print its id",
	.help = "Devices that are not attached yet are attached. Nothing is held still before\n"
		"snapshot_take. If any device cannot be in it, there is no new snapshot.\n"
		"Without a device it is empty, for snapshot_add.",
	.takes = OPTION_DEVICES | OPTION_JSON,
	.run = run,
};
