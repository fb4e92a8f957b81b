// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "access.h"
#include "members.h"
#include "report.h"

static int open_all(struct members *members, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct member *member = &members->items[members->count++];

		member->name = names[i];
		member->fd = access_device(member->name);
		if (member->fd < 0)
			return 1;
	}
	return 0;
}

static int attach_all(struct members *members)
{
	for (size_t i = 0; i < members->count; i++) {
		struct member *member = &members->items[i];
		int ret = access_attach(member->fd, member->name);

		if (ret < 0)
			return 1;
		member->attached = ret;
	}
	return 0;
}

int snapshot_members_attach(struct members *members, const char *const *names, size_t count)
{
	members->count = 0;
	members->items = calloc(count, sizeof(*members->items));
	if (count && !members->items) {
		report_error(-ENOMEM, "cannot open %zu devices", count);
		return 1;
	}
	return open_all(members, names, count) || attach_all(members);
}

static void report_refusal(int error, const char *name, const char *id_text)
{
	if (id_text)
		report_error(error, "cannot add device %s%s to snapshot %s", name,
			     access_hint(error), id_text);
	else
		report_error(error, "cannot add device %s%s to a new snapshot", name,
			     access_hint(error));
}

int snapshot_members_add(const struct members *members, const struct blksnap_id *id, const char *id_text)
{
	for (size_t i = 0; i < members->count; i++) {
		int ret = blksnap_snapshot_add(members->items[i].fd, id);

		if (ret) {
			report_refusal(ret, members->items[i].name, id_text);
			return 1;
		}
	}
	return 0;
}

static void detach_again(const struct member *member)
{
	int ret = blksnap_detach(member->fd);

	if (ret)
		report_error(ret, "cannot detach blksnap from device %s again", member->name);
}

void snapshot_members_close(struct members *members, bool failed)
{
	for (size_t i = members->count; i-- > 0;) {
		struct member *member = &members->items[i];

		if (failed && member->attached)
			detach_again(member);
		if (member->fd >= 0)
			close(member->fd);
	}
	free(members->items);
}
