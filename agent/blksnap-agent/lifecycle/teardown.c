// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/control.h"
#include "cli/message.h"
#include "cli/wait_notice.h"
#include "lifecycle/hooks.h"
#include "lifecycle/launch.h"
#include "lifecycle/leftovers.h"
#include "lifecycle/teardown.h"
#include "state/lookup.h"
#include "state/pending_snapshot.h"
#include "state/runtime.h"
#include "storage/storage_pool.h"

/* How long a monitor may take to remove its files. After that they are removed here. */
#define MONITOR_MS	30000

/* How long "post-thaw" waits for the hooks of another snapshot. */
#define HOOKS_MS	60000

/* The registry keeps the places of files that cannot be removed now. */
static int remove_storage(const struct record *record)
{
	struct storage_pool pool;
	int status = storage_pool_prepare_removal(&pool, &record->id, &record->storage);

	if (!status)
		status = storage_pool_remove(&pool);
	storage_pool_close(&pool);
	runtime_forget(&record->id);
	return status;
}

/*
 * The monitor learns from the kernel that the snapshot is gone, and exits; or a monitor is just
 * starting. While the lock of the monitor is held here, no monitor creates files.
 */
static int remove_after_monitor(const struct record *record)
{
	char id[BLKSNAP_ID_TEXT];
	int lock, status = 0;

	wait_notice_begin("waiting for the storage of snapshot %s to be removed; is its file system frozen, or busy?",
			  blksnap_id_format(&record->id, id));
	lock = runtime_lock_within(&record->id, "monitor", MONITOR_MS);

	if (lock < 0 || record_exists(&record->id))
		status = remove_storage(record);
	else
		runtime_forget(&record->id);
	wait_notice_end();
	if (lock >= 0)
		close(lock);
	return status;
}

static int destroy_in_kernel(int control, const struct blksnap_id *id)
{
	char text[BLKSNAP_ID_TEXT];
	int ret = blksnap_snapshot_destroy(control, id);

	if (!ret || ret == -ESRCH)
		return 0;
	message_failed(BLKSNAP_SNAPSHOT_DESTROY, ret, "cannot destroy snapshot %s",
		       blksnap_id_format(id, text));
	return 1;
}

int teardown_snapshot(int control, const struct record *record)
{
	if (destroy_in_kernel(control, &record->id))
		return 1;
	return remove_after_monitor(record);
}

static int destroy_half_made(const struct blksnap_id *id)
{
	char text[BLKSNAP_ID_TEXT];
	int control, status;

	if (!lookup_in_kernel(id))
		return 0;
	message_event(MESSAGE_UNFINISHED, "the creation of snapshot %s was not completed; the snapshot is destroyed",
		      blksnap_id_format(id, text));
	control = control_open();
	if (control < 0)
		return 1;
	status = destroy_in_kernel(control, id);
	close(control);
	return status;
}

/* A device that is gone, or that another snapshot has taken meanwhile, stays as it is. */
static void detach_devices(const struct members *devices)
{
	for (size_t i = 0; i < devices->count; i++) {
		int fd = devices->items[i].attached ? member_open(&devices->items[i]) : -1;

		if (fd < 0)
			continue;
		blksnap_detach(fd);
		close(fd);
	}
}

/* Wait until the hooks of another snapshot are done, but not forever. */
static void run_thaw_hooks(struct record *record, const char *problem)
{
	int lock = runtime_lock_hooks();

	for (int ms = 0; lock == -EWOULDBLOCK && ms < HOOKS_MS; ms += RUNTIME_NAP_MS) {
		runtime_nap();
		lock = runtime_lock_hooks();
	}

	hooks_run(record, "post-thaw", problem);
	record->state = RECORD_THAWED;
	record_write(record);
	if (lock >= 0)
		close(lock);
}

int teardown_undo_creation(struct record *record)
{
	static const char problem[] = "the process that made the snapshot was killed";
	int status;

	if (record->state == RECORD_HOOKED)
		run_thaw_hooks(record, problem);
	hooks_run(record, "failed", problem);
	status = destroy_half_made(&record->id);
	if (!status)
		detach_devices(&record->devices);
	return status;
}

/*
 * Finish what a killed process left: undo a snapshot that was not taken, remove the storage of one
 * that is gone, or start a new monitor.
 */
static int recover_record(struct record *record)
{
	char text[BLKSNAP_ID_TEXT];

	blksnap_id_format(&record->id, text);
	if (record->state != RECORD_TAKEN) {
		if (teardown_undo_creation(record))
			return 1;
		return remove_after_monitor(record);
	}
	if (runtime_locked(&record->id, "monitor"))
		return 0;
	if (!lookup_in_kernel(&record->id)) {
		message_event(MESSAGE_GONE, "snapshot %s is gone, its storage is removed", text);
		return remove_after_monitor(record);
	}
	message_event(MESSAGE_MONITOR_MISSING, "snapshot %s has no monitor; a new one is started", text);
	return launch_monitor(&record->id);
}

/*
 * The lock of the creator is held, so that two processes do not clean up the same snapshot. A
 * record that cannot be parsed stays as long as its snapshot exists.
 */
static int clean_up_record(const struct blksnap_id *id)
{
	int lock = runtime_lock_orphan(id, "create", TEARDOWN_HOOK_MS);
	char text[BLKSNAP_ID_TEXT];
	struct record record;
	int status = 0;
	int ret;

	if (lock < 0)
		return 0;
	ret = record_read(&record, id);
	message_set_field(MESSAGE_SNAPSHOT, blksnap_id_format(id, text));
	message_set_field(MESSAGE_NAME, record.name);
	if (!ret)
		status = recover_record(&record);
	else if (ret == -ENOENT || (ret == -EINVAL && !lookup_in_kernel(id)))
		runtime_forget(id);
	message_set_field(MESSAGE_SNAPSHOT, NULL);
	message_set_field(MESSAGE_NAME, NULL);
	record_free(&record);
	close(lock);
	return status;
}

static int clean_up_records(void)
{
	struct blksnap_id *ids;
	size_t count;
	int status = 0;
	int ret = record_list(&ids, &count);

	if (ret)
		message_errno(ret, "cannot list the records in " RUNTIME_DIR);
	for (size_t i = 0; !ret && i < count; i++)
		status |= clean_up_record(&ids[i]);
	free(ids);
	return ret ? 1 : status;
}

/* A snapshot with a record is not pending any more. */
static int end_pending(const struct blksnap_id *id)
{
	int status;

	if (record_exists(id))
		return 0;
	status = destroy_half_made(id);
	if (!status)
		runtime_forget(id);
	return status;
}

int teardown_clean_up(bool tell)
{
	int status = runtime_prepare();
	int lock = status ? -1 : runtime_lock_all();

	if (status)
		return status;
	if (lock < 0) {
		message_errno(lock, "cannot lock " RUNTIME_DIR);
		return 1;
	}
	status = clean_up_records();
	status |= pending_snapshot_reap(end_pending);
	status |= leftovers_remove(tell);
	close(lock);
	return status;
}
