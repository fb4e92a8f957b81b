// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/message.h"
#include "state/lookup.h"

static bool has_name(const struct blksnap_id *id, const char *name)
{
	struct record record;
	bool found;

	found = !record_read(&record, id) && record.name && !strcmp(record.name, name);
	record_free(&record);
	return found;
}

int lookup_by_name(const char *name, struct blksnap_id *id)
{
	struct blksnap_id *ids;
	size_t count, i = 0;
	int ret = record_list(&ids, &count);

	if (ret)
		return ret;
	while (i < count && !has_name(&ids[i], name))
		i++;
	if (i < count)
		*id = ids[i];
	free(ids);
	return i < count ? 0 : -ENOENT;
}

static bool is_in(const struct blksnap_id *ids, size_t count, const struct blksnap_id *id)
{
	for (size_t i = 0; i < count; i++)
		if (!memcmp(&ids[i], id, sizeof(*id)))
			return true;
	return false;
}

/* Add the kernel's snapshots that have no record. */
static int add_kernel(struct blksnap_id **ids, size_t *count)
{
	int control = blksnap_control_open();
	struct blksnap_id *more, *all;
	size_t more_count;
	int ret;

	if (control < 0)
		return control == -ENOENT || control == -ENXIO ? 0 : control;
	ret = blksnap_snapshot_list(control, &more, &more_count);
	close(control);
	if (ret)
		return ret;
	all = reallocarray(*ids, *count + more_count + 1, sizeof(*all));
	if (!all) {
		free(more);
		return -ENOMEM;
	}
	for (size_t i = 0; i < more_count; i++)
		if (!is_in(all, *count, &more[i]))
			all[(*count)++] = more[i];
	*ids = all;
	free(more);
	return 0;
}

int lookup_all(struct blksnap_id **ids, size_t *count)
{
	int ret = record_list(ids, count);

	if (!ret)
		ret = add_kernel(ids, count);
	if (!ret)
		return 0;
	free(*ids);
	message_failed(BLKSNAP_SNAPSHOT_LIST, ret, "cannot list the snapshots");
	return 1;
}

static bool begins_with(const struct blksnap_id *id, const char *start)
{
	char text[BLKSNAP_ID_TEXT];

	return !strncasecmp(blksnap_id_format(id, text), start, strlen(start));
}

int lookup_snapshot(const char *text, struct blksnap_id *id)
{
	struct blksnap_id *ids;
	size_t count, found = 0;

	if (!lookup_by_name(text, id))
		return 0;
	if (lookup_all(&ids, &count))
		return 1;
	for (size_t i = 0; i < count; i++) {
		if (!begins_with(&ids[i], text))
			continue;
		*id = ids[i];
		found++;
	}
	free(ids);
	if (found == 1)
		return 0;
	message_error(found ? "several snapshots have an id that begins with %s" :
		      "there is no snapshot %s", text);
	return 1;
}

int lookup_record(const char *text, struct record *record)
{
	struct blksnap_id id;
	int ret;

	memset(record, 0, sizeof(*record));
	if (lookup_snapshot(text, &id))
		return 1;
	ret = record_read(record, &id);
	if (!ret)
		return 0;
	if (ret == -ENOENT)
		message_error("snapshot %s was created by another program, and has no record", text);
	else
		message_errno(ret, "cannot read the record of snapshot %s", text);
	return 1;
}

static bool is_listed(int control, const struct blksnap_id *id)
{
	struct blksnap_id *ids;
	bool found = false;
	size_t count;

	if (blksnap_snapshot_list(control, &ids, &count))
		return true;
	for (size_t i = 0; i < count; i++)
		found |= !memcmp(&ids[i], id, sizeof(*id));
	free(ids);
	return found;
}

/* Not /dev/blksnap-control, which a container may lack. */
static bool module_is_there(void)
{
	return access("/sys/module", F_OK) || !access("/sys/module/blksnap", F_OK);
}

bool lookup_in_kernel(const struct blksnap_id *id)
{
	int control = blksnap_control_open();
	bool found;

	if (control < 0)
		return module_is_there();
	found = is_listed(control, id);
	close(control);
	return found;
}
