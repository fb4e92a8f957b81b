// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Creating a snapshot. struct creation records each step that is done; when one fails, the steps
 * before it are undone in reverse. If the process is killed, it leaves a record whose state is not
 * RECORD_TAKEN, and the next command of the agent undoes the snapshot.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/message.h"
#include "cli/wait_notice.h"
#include "device/identify.h"
#include "lifecycle/creation.h"
#include "lifecycle/hooks.h"
#include "lifecycle/launch.h"
#include "lifecycle/sync_btrfs.h"
#include "lifecycle/teardown.h"
#include "state/creator.h"
#include "state/lookup.h"
#include "state/pending_snapshot.h"
#include "state/runtime.h"

void creation_block_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static bool was_interrupted(void)
{
	sigset_t set;

	if (sigpending(&set))
		return false;
	return sigismember(&set, SIGINT) || sigismember(&set, SIGTERM) ||
	       sigismember(&set, SIGHUP);
}

int creation_check_name(const char *name)
{
	struct blksnap_id id;

	if (!name || lookup_by_name(name, &id) == -ENOENT)
		return 0;
	message_error("there is a snapshot named %s already", name);
	return 1;
}

static int attach_targets(struct creation *creation)
{
	for (size_t i = 0; i < creation->targets.count; i++) {
		struct target *target = &creation->targets.items[i];
		int ret = blksnap_attach(target->fd);
		char label[MEMBER_LABEL];

		if (ret && ret != -EALREADY) {
			message_failed(BLKSNAP_ATTACH, ret, "cannot attach to device %s",
				       member_label(&target->member, label));
			return 1;
		}
		target->attached = !ret;
	}
	return 0;
}

static void detach_targets(struct creation *creation)
{
	for (size_t i = creation->targets.count; i-- > 0;) {
		struct target *target = &creation->targets.items[i];
		int ret = target->attached ? blksnap_detach(target->fd) : 0;

		if (ret)
			message_failed(BLKSNAP_DETACH, ret, "cannot detach from device %s again",
				       target->member.path);
	}
}

static int fill_times(struct record *record, uint64_t ttl)
{
	struct timespec now;

	record->created = time(NULL);
	if (!ttl)
		return 0;
	record->expires = record->created + ttl;
	if (clock_gettime(CLOCK_BOOTTIME, &now))
		return -errno;
	record->deadline = now.tv_sec + ttl + (now.tv_nsec > 0);
	return 0;
}

static int fill_device(struct record *record, const struct target *target)
{
	struct blksnap_tracker_info info;
	struct member member = target->member;
	int ret;

	identify_tags(&member, target->fd);
	member.attached = blksnap_tracker_info(target->fd, &info) == -ENOENT;
	ret = members_add(&record->devices, &member);
	free(member.uuid);
	free(member.label);
	return ret;
}

static int fill_record(struct creation *creation, const char *name)
{
	struct record *record = &creation->record;
	int ret = fill_times(record, creation->settings->ttl);

	record->storage.limit = creation->settings->limit;
	record->storage.reserve = creation->settings->reserve;
	record->storage.reserve_set = creation->settings->reserve_set;
	record->hook_timeout = creation->settings->hook_timeout;
	record->hooks = strdup(creation->settings->hooks);
	record->name = name ? strdup(name) : NULL;
	record->creator = creator_describe();
	if (!record->hooks || !record->creator || (name && !record->name))
		ret = -ENOMEM;
	for (size_t i = 0; !ret && i < creation->targets.count; i++)
		ret = fill_device(record, &creation->targets.items[i]);
	if (ret)
		message_errno(ret, "cannot prepare a snapshot");
	return ret ? 1 : 0;
}

/* The record reserves the name. The lock of all records makes the check and the write atomic. */
static int write_name(struct creation *creation)
{
	int lock = runtime_lock_all();
	int status = lock < 0 || creation_check_name(creation->record.name);
	int ret = status ? 0 : record_write(&creation->record);

	if (lock >= 0)
		close(lock);
	if (ret)
		message_errno(ret, "cannot write the record of the snapshot");
	return status || ret ? 1 : 0;
}

static int create_in_kernel(struct creation *creation)
{
	int ret = pending_snapshot_open(&creation->pending);

	if (ret) {
		message_errno(ret, "cannot prepare a snapshot in " RUNTIME_DIR);
		return 1;
	}
	ret = blksnap_snapshot_create(creation->control, creation->pending.id);
	if (ret) {
		message_failed(BLKSNAP_SNAPSHOT_CREATE, ret, "cannot create a snapshot");
		return 1;
	}
	creation->record.id = *creation->pending.id;
	creation->created = true;
	creation->lock = runtime_lock(&creation->record.id, "create", true);
	ret = creation->lock < 0 ? creation->lock : 0;
	if (!ret && dprintf(creation->lock, "%ld\n", (long)getpid()) < 0)
		ret = -errno;
	if (ret)
		message_errno(ret, "cannot lock the snapshot's record");
	if (ret || write_name(creation))
		return 1;
	pending_snapshot_remove(&creation->pending);
	return 0;
}

static int add_devices(struct creation *creation)
{
	for (size_t i = 0; i < creation->targets.count; i++) {
		const struct target *target = &creation->targets.items[i];
		int ret = blksnap_snapshot_add(target->fd, &creation->record.id);
		char label[MEMBER_LABEL];

		if (ret == -EBUSY) {
			creator_report_holder(&target->member, &creation->record.id);
			return 1;
		}
		if (ret) {
			message_failed(BLKSNAP_SNAPSHOT_ADD, ret, "cannot add device %s",
				       member_label(&target->member, label));
			return 1;
		}
	}
	return 0;
}

static int prepare_snapshot(struct creation *creation, const char *name)
{
	if (fill_record(creation, name) || create_in_kernel(creation) || attach_targets(creation) ||
	    add_devices(creation))
		return 1;
	return creation_make_storage(creation) || launch_monitor(&creation->record.id);
}

/* The state in the record tells the next command what to undo if this process is killed. */
static int write_state(struct creation *creation, enum record_state state)
{
	int ret;

	creation->record.state = state;
	ret = record_write(&creation->record);
	if (ret)
		message_errno(ret, "cannot write the record of the snapshot");
	return ret ? 1 : 0;
}

/* Once "pre-freeze" hooks may have run, "post-thaw" runs in any case. */
static int take_with_hooks(struct creation *creation)
{
	const struct record *record = &creation->record;
	int status = write_state(creation, RECORD_HOOKED) || hooks_run(record, "pre-freeze", NULL);
	int ret;

	if (!status && was_interrupted()) {
		message_error("interrupted before the snapshot was taken");
		status = 1;
	}
	if (!status) {
		sync_btrfs(&creation->targets);
		wait_notice_begin("waiting for file systems to freeze");
		ret = blksnap_snapshot_take(creation->control, &record->id);
		wait_notice_end();
		if (ret)
			message_failed(BLKSNAP_SNAPSHOT_TAKE, ret, "cannot take the snapshot");
		status = ret ? 1 : 0;
	}
	hooks_run(record, "post-thaw", status ? "the snapshot failed" : NULL);
	return write_state(creation, RECORD_THAWED) || status;
}

/*
 * The hooks of one snapshot at a time: otherwise the first "post-thaw" would resume services that
 * the other snapshot still needs stopped.
 */
static int take_snapshot(struct creation *creation)
{
	int lock = runtime_lock_hooks();
	int status;

	while (lock == -EWOULDBLOCK && !was_interrupted()) {
		runtime_nap();
		lock = runtime_lock_hooks();
	}
	if (lock == -EWOULDBLOCK) {
		message_error("interrupted while waiting for the hooks of another snapshot");
		return 1;
	}
	if (lock < 0) {
		message_errno(lock, "cannot lock the hooks");
		return 1;
	}
	status = take_with_hooks(creation);
	close(lock);
	return status;
}

/* A later backup passes these numbers to "changes". */
static int note_numbers(struct creation *creation)
{
	for (size_t i = 0; i < creation->targets.count; i++) {
		struct member *member = &creation->record.devices.items[i];
		struct blksnap_tracker_info info;
		int ret = blksnap_tracker_info(creation->targets.items[i].fd, &info);

		if (ret) {
			message_failed(BLKSNAP_TRACKER_INFO, ret, "cannot look at device %s",
				       member->path);
			return 1;
		}
		member->generation = info.generation;
		member->take = info.number;
	}
	return 0;
}

static int complete_creation(struct creation *creation)
{
	if (was_interrupted()) {
		message_error("interrupted after the snapshot was taken");
		return 1;
	}
	return note_numbers(creation) || write_state(creation, RECORD_TAKEN);
}

void creation_undo(struct creation *creation)
{
	if (creation->created) {
		hooks_run(&creation->record, "failed", "the snapshot failed");
		teardown_snapshot(creation->control, &creation->record);
		teardown_clean_up(false);
	}
	detach_targets(creation);
}

int creation_make(struct creation *creation, const char *name)
{
	return prepare_snapshot(creation, name) || take_snapshot(creation) ||
	       complete_creation(creation);
}

void creation_free(struct creation *creation)
{
	pending_snapshot_remove(&creation->pending);
	if (creation->lock >= 0)
		close(creation->lock);
	record_free(&creation->record);
	targets_free(&creation->targets);
}
