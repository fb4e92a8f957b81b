// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Makes a snapshot. Each step that is done is known from struct making; when one fails, what
 * was done is undone in reverse. A process that is killed in between leaves a record that
 * says "half made", and the next command of the agent undoes it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "access.h"
#include "choose.h"
#include "command.h"
#include "draft.h"
#include "ending.h"
#include "find.h"
#include "hooks.h"
#include "launch.h"
#include "ledger.h"
#include "output.h"
#include "runtime.h"
#include "say.h"
#include "settle.h"
#include "status.h"
#include "stock.h"
#include "target.h"

#define SECTOR_SIZE	512

/**
 * struct making - a snapshot in the making
 * @settings: what was asked for
 * @targets: the devices
 * @record: what gets known of it
 * @control: the way to the module
 * @draft: its id, as long as it has no record
 * @lock: held while it is half made, or -1
 * @created: the kernel has it
 */
struct making {
	const struct settings *settings;
	struct targets targets;
	struct record record;
	struct draft draft;
	int control;
	int lock;
	bool created;
};

/*
 * They are looked at between steps, where all can be undone. That nobody reads the result is
 * learned from writing it.
 */
static void block_signals(void)
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

static int find_targets(struct targets *targets, const struct arguments *arguments)
{
	int status = 0;

	if (arguments->all)
		return targets_add_mounted(targets);
	for (size_t i = 0; !status && i < arguments->word_count; i++)
		status = targets_add(targets, arguments->words[i]);
	return status;
}

static int check_name(const char *name)
{
	struct blksnap_id id;

	if (!name || find_by_name(name, &id) == -ENOENT)
		return 0;
	say("there is a snapshot named %s already", name);
	return 1;
}

static int attach(struct making *making)
{
	for (size_t i = 0; i < making->targets.count; i++) {
		struct target *target = &making->targets.items[i];
		int ret = blksnap_attach(target->fd);

		if (ret && ret != -EALREADY) {
			say_failed(BLKSNAP_ATTACH, ret, "cannot attach to device %s", target->path);
			return 1;
		}
		target->attached = !ret;
	}
	return 0;
}

static void detach(struct making *making)
{
	for (size_t i = making->targets.count; i-- > 0;) {
		struct target *target = &making->targets.items[i];
		int ret = target->attached ? blksnap_detach(target->fd) : 0;

		if (ret)
			say_failed(BLKSNAP_DETACH, ret, "cannot detach from device %s again",
				   target->path);
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
	int ret = strings_add(&record->devices, target->path);

	if (!ret && blksnap_tracker_info(target->fd, &info) == -ENOENT)
		ret = strings_add(&record->attached, target->path);
	return ret;
}

static int fill_record(struct making *making, const char *name)
{
	struct record *record = &making->record;
	int ret = fill_times(record, making->settings->ttl);

	record->limit = making->settings->limit;
	record->reserve = making->settings->reserve;
	record->reserve_set = making->settings->reserve_set;
	record->hook_timeout = making->settings->hook_timeout;
	record->hooks = strdup(making->settings->hooks);
	record->name = name ? strdup(name) : NULL;
	if (!record->hooks || (name && !record->name))
		ret = -ENOMEM;
	for (size_t i = 0; !ret && i < making->targets.count; i++)
		ret = fill_device(record, &making->targets.items[i]);
	if (ret)
		say_error(ret, "cannot prepare a snapshot");
	return ret ? 1 : 0;
}

/* The kernel's first request is waiting: it tells how much it would like to have. */
static uint64_t initial_bytes(const struct making *making)
{
	struct blksnap_event event;
	uint64_t wanted = 0;

	if (!blksnap_event_wait(making->control, &making->record.id, 0, &event))
		wanted = event.sectors * SECTOR_SIZE;
	if (making->settings->initial)
		wanted = making->settings->initial;
	if (making->settings->limit && wanted > making->settings->limit)
		wanted = making->settings->limit;
	return wanted;
}

static int pick_storage(struct making *making, uint64_t bytes)
{
	char *folder = choose_folder(&making->targets, &making->record, bytes);
	int ret;

	if (!folder) {
		say("there is no safe place for %llu MiB of storage: no mounted ext4 or XFS has that space beside its reserve; give one with --storage",
		    (unsigned long long)bytes >> 20);
		return 1;
	}
	say("the storage goes to %s", folder);
	ret = strings_add(&making->record.storage, folder);
	free(folder);
	if (ret)
		say_error(ret, "cannot prepare storage");
	return ret ? 1 : 0;
}

static int find_storage(struct making *making, uint64_t bytes)
{
	const struct strings *given = &making->settings->storage;
	int status = 0;

	if (!given->count)
		return pick_storage(making, bytes);
	for (size_t i = 0; !status && i < given->count; i++) {
		status = choose_check(given->items[i], &making->targets);
		if (!status)
			choose_warn(given->items[i], &making->record.id);
		if (!status && strings_add(&making->record.storage, given->items[i]))
			status = 1;
	}
	return status;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

static bool has_folder(const struct record *record)
{
	for (size_t i = 0; i < record->storage.count; i++)
		if (is_folder(record->storage.items[i]))
			return true;
	return false;
}

/* Written down before there is a file, so that a crash leaves none that is not known. */
static int write_down(struct making *making)
{
	const struct strings *storage = &making->record.storage;
	int lock = runtime_lock_all();
	int ret = lock < 0 ? lock : 0;

	for (size_t i = 0; !ret && i < storage->count; i++)
		if (is_folder(storage->items[i]))
			ret = ledger_add(storage->items[i]);
	if (!ret)
		ret = record_write(&making->record);
	if (lock >= 0)
		close(lock);
	if (ret)
		say_error(ret, "cannot write down where the storage goes");
	return ret ? 1 : 0;
}

static int fill_storage(struct making *making, uint64_t bytes)
{
	struct stock stock = { .record = &making->record };
	int status = stock_append_devices(&stock, making->control);

	/* A device gives what it has; only folders can give more. */
	while (!status && stock.used < bytes && (!stock.used || has_folder(&making->record)))
		if (!stock_grow(&stock, making->control, bytes - stock.used))
			status = 1;
	stock_close(&stock);
	return status;
}

/* From here on the name is taken. */
static int write_name(struct making *making)
{
	int lock = runtime_lock_all();
	int status = lock < 0 || check_name(making->record.name);
	int ret = status ? 0 : record_write(&making->record);

	if (lock >= 0)
		close(lock);
	if (ret)
		say_error(ret, "cannot write down the snapshot");
	return status || ret ? 1 : 0;
}

static int create(struct making *making)
{
	int ret = draft_open(&making->draft);

	if (ret) {
		say_error(ret, "cannot prepare a snapshot in " RUNTIME_DIR);
		return 1;
	}
	ret = blksnap_snapshot_create(making->control, making->draft.id);
	if (ret) {
		say_failed(BLKSNAP_SNAPSHOT_CREATE, ret, "cannot create a snapshot");
		return 1;
	}
	making->record.id = *making->draft.id;
	making->created = true;
	making->lock = runtime_lock(&making->record.id, "create", true);
	ret = making->lock < 0 ? making->lock : 0;
	if (!ret && dprintf(making->lock, "%ld\n", (long)getpid()) < 0)
		ret = -errno;
	if (ret)
		say_error(ret, "cannot lock the snapshot's record");
	if (ret || write_name(making))
		return 1;
	draft_remove(&making->draft);
	return 0;
}

static int add_devices(struct making *making)
{
	for (size_t i = 0; i < making->targets.count; i++) {
		const struct target *target = &making->targets.items[i];
		int ret = blksnap_snapshot_add(target->fd, &making->record.id);

		if (ret) {
			say_failed(BLKSNAP_SNAPSHOT_ADD, ret, "cannot add device %s", target->path);
			return 1;
		}
	}
	return 0;
}

static int prepare(struct making *making, const char *name)
{
	uint64_t bytes;

	if (fill_record(making, name) || create(making) || attach(making) || add_devices(making))
		return 1;
	bytes = initial_bytes(making);
	return find_storage(making, bytes) || write_down(making) || fill_storage(making, bytes) ||
	       launch_monitor(&making->record.id);
}

/* Written down, so that it is known what to undo if we are killed. */
static int write_state(struct making *making, enum record_state state)
{
	int ret;

	making->record.state = state;
	ret = record_write(&making->record);
	if (ret)
		say_error(ret, "cannot write down the snapshot");
	return ret ? 1 : 0;
}

/* Whoever was told of the freeze to come is told when it is over, in any case. */
static int take_with_hooks(struct making *making)
{
	const struct record *record = &making->record;
	int status = write_state(making, RECORD_HOOKED) || hooks_run(record, "pre-freeze", NULL);
	int ret;

	if (!status && was_interrupted()) {
		say("interrupted before the snapshot was taken");
		status = 1;
	}
	if (!status) {
		settle_btrfs(&making->targets);
		ret = blksnap_snapshot_take(making->control, &record->id);
		if (ret)
			say_failed(BLKSNAP_SNAPSHOT_TAKE, ret, "cannot take the snapshot");
		status = ret ? 1 : 0;
	}
	hooks_run(record, "post-thaw", status ? "the snapshot failed" : NULL);
	return write_state(making, RECORD_THAWED) || status;
}

/* What the hooks of two snapshots stop is started again by the first that is through. */
static int take(struct making *making)
{
	int lock = runtime_lock_hooks();
	int status;

	while (lock == -EWOULDBLOCK && !was_interrupted()) {
		runtime_nap();
		lock = runtime_lock_hooks();
	}
	if (lock == -EWOULDBLOCK) {
		say("interrupted while the hooks of another snapshot were waited for");
		return 1;
	}
	if (lock < 0) {
		say_error(lock, "cannot lock the hooks");
		return 1;
	}
	status = take_with_hooks(making);
	close(lock);
	return status;
}

static int complete(struct making *making)
{
	if (was_interrupted()) {
		say("interrupted after the snapshot was taken");
		return 1;
	}
	return write_state(making, RECORD_TAKEN);
}

static void undo(struct making *making)
{
	if (making->created) {
		hooks_run(&making->record, "failed", "the snapshot failed");
		ending_destroy(making->control, &making->record);
	}
	detach(making);
}

static int make(struct making *making, const struct arguments *arguments)
{
	int status = prepare(making, arguments->name);

	if (!status)
		status = take(making);
	if (!status)
		status = complete(making);
	if (!status)
		status = output_created(&making->record, arguments->json);
	if (status)
		undo(making);
	return status ? STATUS_FAILED : STATUS_OK;
}

static int run(const struct arguments *arguments)
{
	struct making making = { .settings = &arguments->settings, .lock = -1 };
	int status;

	if (getenv("BLKSNAP_PHASE")) {
		say("a hook cannot make a snapshot: that would wait for the hook");
		return STATUS_FAILED;
	}
	making.control = agent_control();
	if (making.control < 0)
		return STATUS_FAILED;
	block_signals();
	ending_clean_up();
	status = hooks_check(making.settings) || check_name(arguments->name) ||
		 find_targets(&making.targets, arguments);
	if (!status)
		status = make(&making, arguments);
	draft_remove(&making.draft);
	if (making.lock >= 0)
		close(making.lock);
	record_free(&making.record);
	targets_free(&making.targets);
	close(making.control);
	return status;
}

const struct agent_command agent_snapshot_create = {
	.name = "snapshot create",
	.usage = "DEVICE... | --all [OPTION...]",
	.summary = "Take a snapshot, and have it looked after",
	.takes = ARGUMENT_NAME | ARGUMENT_STORAGE | ARGUMENT_SETTINGS | ARGUMENT_ALL |
		 ARGUMENT_CONFIG | ARGUMENT_JSON,
	.least = 1,
	.most = SIZE_MAX,
	.run = run,
};
