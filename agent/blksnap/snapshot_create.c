// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "report.h"

/**
 * struct member - a device that is to be in the snapshot
 * @name: as written
 * @fd: open device, or -1
 * @attached: by this call, which therefore detaches it if anything fails
 */
struct member {
	const char *name;
	int fd;
	bool attached;
};

struct members {
	struct member *items;
	size_t count;
};

static int members_open(struct members *members, const struct options *options)
{
	members->count = 0;
	members->items = calloc(options->device_count, sizeof(*members->items));
	if (!members->items) {
		report_error(-ENOMEM, "cannot create a snapshot");
		return 1;
	}
	for (size_t i = 0; i < options->device_count; i++) {
		struct member *member = &members->items[members->count++];

		member->name = options->devices[i];
		member->fd = access_device(member->name);
		if (member->fd < 0)
			return 1;
	}
	return 0;
}

static void members_close(struct members *members)
{
	for (size_t i = 0; i < members->count; i++)
		if (members->items[i].fd >= 0)
			close(members->items[i].fd);
	free(members->items);
}

static int members_attach(struct members *members)
{
	for (size_t i = 0; i < members->count; i++) {
		struct member *member = &members->items[i];
		int ret = blksnap_attach(member->fd);

		if (ret && ret != -EALREADY) {
			report_error(ret, "cannot attach blksnap to device %s%s", member->name,
				     access_hint(ret == -ENOENT ? -ENOTTY : ret));
			return 1;
		}
		member->attached = !ret;
	}
	return 0;
}

static void members_detach(struct members *members)
{
	for (size_t i = members->count; i-- > 0;) {
		struct member *member = &members->items[i];
		int ret = member->attached ? blksnap_detach(member->fd) : 0;

		if (ret)
			report_error(ret, "cannot detach blksnap from device %s again",
				     member->name);
	}
}

static int members_add(const struct members *members, const struct blksnap_id *id)
{
	for (size_t i = 0; i < members->count; i++) {
		int ret = blksnap_snapshot_add(members->items[i].fd, id);

		if (ret) {
			report_error(ret, "cannot add device %s to a new snapshot",
				     members->items[i].name);
			return 1;
		}
	}
	return 0;
}

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

	/* Bare when it is for s=$(blksnap snapshot_create ...) */
	report_begin(&report, json, json ? NULL : "id");
	report_id(&report, "id", id);
	return report_end(&report);
}

/* A snapshot whose id nobody got to know could never be destroyed: taken back as well. */
static int create(int control, const struct members *members, bool json)
{
	struct blksnap_id id;
	int ret = blksnap_snapshot_create(control, &id);

	if (ret) {
		report_error(ret, "cannot create a snapshot");
		return 1;
	}
	if (!members_add(members, &id) && !print(&id, json))
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
	/* That nobody reads the id is learned from writing it. */
	signal(SIGPIPE, SIG_IGN);
	status = members_open(&members, options);
	if (!status) {
		status = members_attach(&members);
		if (!status)
			status = create(control, &members, options->json);
		if (status)
			members_detach(&members);
	}
	members_close(&members);
	close(control);
	return status;
}

const struct command command_snapshot_create = {
	.name = "snapshot_create",
	.usage = "-d DEV [-d DEV...] [-j]",
	.summary = "Create a snapshot of devices and print its id",
	.help = "Devices that are not attached yet are attached. Nothing is held still before\n"
		"snapshot_take. If any device cannot be in it, there is no new snapshot.",
	.takes = OPTION_DEVICES | OPTION_JSON,
	.needs = OPTION_DEVICES,
	.run = run,
};
