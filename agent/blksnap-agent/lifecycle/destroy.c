// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/message.h"
#include "lifecycle/destroy.h"
#include "lifecycle/teardown.h"
#include "state/image_uses.h"
#include "state/runtime.h"

/* Users of a mounted file system get I/O errors when its device disappears. */
static int check_not_mounted(const struct record *record, const char *text)
{
	struct strings folders = {};
	int ret = image_uses_mounted(record, &folders);

	if (ret)
		message_errno(ret, "cannot tell whether snapshot %s is mounted", text);
	else if (folders.count)
		message_error("snapshot %s is mounted at %s; run blksnap-agent snapshot umount %s first",
			      text, folders.items[0], text);
	ret = ret || folders.count;
	strings_free(&folders);
	return ret;
}

static int check_not_used(const struct record *record, const char *text)
{
	struct strings uses = {};
	int ret = image_uses_elsewhere(record, &uses);
	char *joined = strings_join(&uses, ", ");

	if (ret)
		message_errno(ret, "cannot tell whether images of snapshot %s are used", text);
	else if (uses.count)
		message_error("cannot destroy snapshot %s: %s; end that first, or give --mounted", text,
			      joined ? joined : uses.items[0]);
	ret = ret || uses.count;
	free(joined);
	strings_free(&uses);
	return ret;
}

int destroy_check(const struct record *record, const char *text)
{
	return check_not_mounted(record, text) || check_not_used(record, text);
}

static int destroy_unmanaged(int control, const struct blksnap_id *id, const char *text)
{
	int ret = blksnap_snapshot_destroy(control, id);

	if (!ret || ret == -ESRCH)
		return 0;
	message_failed(BLKSNAP_SNAPSHOT_DESTROY, ret, "cannot destroy snapshot %s", text);
	return 1;
}

/*
 * A snapshot that was left half created needs its "failed" hooks, unless its monitor has run them
 * meanwhile.
 */
static int undo_half_made(const struct record *seen)
{
	struct record record;
	int lock, status = 0;

	if (seen->state == RECORD_TAKEN)
		return 0;
	lock = runtime_lock_orphan(&seen->id, "create", TEARDOWN_HOOK_MS);
	if (lock < 0)
		return 0;
	if (!record_read(&record, &seen->id) && record.state != RECORD_TAKEN)
		status = teardown_undo_creation(&record);
	record_free(&record);
	close(lock);
	return status;
}

int destroy_snapshot(int control, const struct blksnap_id *id, const char *text, bool mounted)
{
	struct record record;
	int ret = record_read(&record, id);
	int status;

	if (ret == -ENOENT) {
		status = destroy_unmanaged(control, id, text);
	} else if (ret) {
		message_errno(ret, "cannot read the record of snapshot %s", text);
		status = 1;
	} else {
		status = (!mounted && destroy_check(&record, text)) ||
			 undo_half_made(&record) || teardown_snapshot(control, &record);
	}
	record_free(&record);
	return status;
}
