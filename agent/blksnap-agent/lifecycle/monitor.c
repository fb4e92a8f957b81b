// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The monitor of one snapshot: it grows the storage, reports lost images, destroys the snapshot
 * when its time is over, and cleans up when the snapshot is gone.
 *
 * It may be killed at any moment. What it has to know is in the record, in the folders with storage
 * files, and in the kernel. Only an event that was read but not handled is lost. So a restarted
 * monitor appends some storage, after which the kernel asks again if it still needs more.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/control.h"
#include "cli/exit_status.h"
#include "cli/message.h"
#include "lifecycle/hooks.h"
#include "lifecycle/leftovers.h"
#include "lifecycle/monitor.h"
#include "lifecycle/notify.h"
#include "lifecycle/teardown.h"
#include "state/runtime.h"
#include "state/storage_level.h"
#include "storage/growth.h"
#include "storage/storage_pool.h"

#define MIB		(UINT64_C(1) << 20)
#define SECTOR_SIZE	512

/*
 * The wait for events is limited: a signal that arrives just before the wait does not interrupt it.
 */
#define WAIT_MS		1000

/* The exit status that tells systemd not to restart the monitor. */
#define GIVEN_UP	STATUS_FAILED

/**
 * struct monitor - a monitored snapshot
 * @control: descriptor of the module
 * @record: its record
 * @pool: its storage
 * @growth: recent growth of the storage
 * @portion: size of the next storage file in bytes
 * @level: how much storage there is, as in /run/blksnap
 * @before: @level.appended before the last file was appended
 * @grown: when that was, in nanoseconds of the monotonic clock
 * @lock: descriptor that holds the lock "monitor"
 * @problem: errno of the last failure to write @level, which is reported once
 * @made: the creator is done, or was killed and cleaned up after
 * @told: the low-space hooks have run for the current lack of storage
 * @expired: its time was over, and the monitor destroyed it
 */
struct monitor {
	int control;
	const struct record *record;
	struct storage_pool pool;
	struct growth growth;
	uint64_t portion;
	struct storage_level level;
	uint64_t before;
	int64_t grown;
	int lock;
	int problem;
	bool made;
	bool told;
	bool expired;
};

static volatile sig_atomic_t stopped;

static void handle_stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* Without SA_RESTART, so that a signal ends the wait for an event. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = handle_stop };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

/* The storage must grow under memory pressure, too: that is when much is written. */
static void stay_in_memory(void)
{
	FILE *file = fopen("/proc/self/oom_score_adj", "we");

	if (file) {
		fputs("-1000", file);
		fclose(file);
	}
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		message_errno(-errno, "cannot stay in memory");
	prctl(PR_SET_NAME, "blksnap-agent");
}

/*
 * The file is for "snapshot wait" and others that watch the folder. It is empty, so that it can be
 * made on a full file system.
 */
static void write_note(const struct monitor *monitor, const char *suffix)
{
	char *path = runtime_path(&monitor->record->id, suffix);
	int ret = path ? runtime_write(path, "") : -ENOMEM;

	if (ret)
		message_errno(ret, "cannot note in " RUNTIME_DIR " that the snapshot is %s", suffix);
	free(path);
}

static void write_level(struct monitor *monitor)
{
	int ret;

	monitor->level.allocated = monitor->pool.allocated;
	ret = storage_level_write(&monitor->record->id, &monitor->level);
	if (ret && ret != monitor->problem)
		message_errno(ret, "cannot write to " RUNTIME_DIR " how much storage there is");
	monitor->problem = ret;
}

static int64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/*
 * Hooks run in a child process, since the storage has to grow meanwhile. The child closes the lock
 * and the descriptor of the module.
 */
static void run_hooks(const struct monitor *monitor, const char *phase, const char *problem)
{
	pid_t pid = fork();

	if (pid < 0)
		message_errno(-errno, "cannot run the hooks for %s", phase);
	if (pid)
		return;
	close(monitor->lock);
	close(monitor->control);
	hooks_run(monitor->record, phase, problem);
	_exit(0);
}

static const struct member *member_of(const struct record *record, dev_t number)
{
	for (size_t i = 0; i < record->devices.count; i++)
		if (record->devices.items[i].number == number)
			return &record->devices.items[i];
	return NULL;
}

static void handle_loss(const struct monitor *monitor, const struct blksnap_event *event)
{
	const struct member *member = member_of(monitor->record, makedev(event->major, event->minor));
	char *problem;

	if (asprintf(&problem, "the image of device %u:%u (%s) is lost: %s", event->major,
		     event->minor, member ? member_name(member) : "a device",
		     event->error == -ENOSPC ? "the storage was used up" :
		     blksnap_strerror(BLKSNAP_EVENT_WAIT, event->error)) < 0)
		problem = NULL;
	message_set_field(MESSAGE_DEVICE, member ? member->path : NULL);
	message_event(MESSAGE_IMAGE_LOST, "%s", problem ? problem : "an image is lost");
	message_set_field(MESSAGE_DEVICE, NULL);
	write_note(monitor, "lost");
	run_hooks(monitor, "lost", problem);
	free(problem);
}

static void grow_storage(struct monitor *monitor)
{
	uint64_t appended = monitor->pool.appended;
	uint64_t added = storage_pool_grow(&monitor->pool, monitor->control, monitor->level.wanted);

	if (added) {
		monitor->level.wanted = 0;
		monitor->before = monitor->level.appended;
		monitor->level.appended += monitor->pool.appended - appended;
		monitor->grown = monotonic_ns();
	}
	write_level(monitor);
	if (!added) {
		if (!monitor->told)
			run_hooks(monitor, "low-space", "the snapshot asks for storage that it cannot get");
		monitor->told = true;
		return;
	}
	monitor->told = false;
	message_event(MESSAGE_STORAGE_GROWN, "%" PRIu64 " MiB of storage more, %" PRIu64 " MiB in all", added / MIB,
		     monitor->pool.allocated / MIB);
}

/*
 * An event may have waited while a file was appended, but not while two were: all events are handled
 * before the next file is.
 */
static void handle_low_space(struct monitor *monitor, const struct blksnap_event *event)
{
	uint64_t bytes = event->sectors * SECTOR_SIZE;

	storage_level_raise(&monitor->level, event->time_ns > monitor->grown ?
			    monitor->level.appended : monitor->before, bytes);
	monitor->portion = growth_next(&monitor->growth, bytes,
				       monotonic_ns() / INT64_C(1000000000));
	monitor->level.wanted = monitor->portion;
	grow_storage(monitor);
}

static void handle_event(struct monitor *monitor, const struct blksnap_event *event)
{
	if (event->code == BLKSNAP_EVENT_CORRUPTED)
		handle_loss(monitor, event);
	else if (event->code == BLKSNAP_EVENT_LOW_SPACE)
		handle_low_space(monitor, event);
}

static bool is_expired(const struct record *record)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return record->deadline && now.tv_sec >= record->deadline;
}

static void expire_snapshot(struct monitor *monitor)
{
	int ret;

	write_note(monitor, "expired");
	ret = blksnap_snapshot_destroy(monitor->control, &monitor->record->id);
	if (!ret) {
		message_event(MESSAGE_EXPIRED, "the snapshot has expired and is destroyed");
		monitor->expired = true;
	}
	if (ret && ret != -ESRCH && ret != -EBUSY)
		message_failed(BLKSNAP_SNAPSHOT_DESTROY, ret, "cannot destroy the snapshot");
}

/*
 * The creator holds the lock "create" until the snapshot is taken. If the lock is free and the
 * snapshot is not taken, the creator was killed.
 */
static void check_creator(struct monitor *monitor)
{
	const struct blksnap_id *id = &monitor->record->id;
	int lock = monitor->made ? -EALREADY : runtime_lock(id, "create", false);
	struct record record;

	if (lock < 0)
		return;
	monitor->made = true;
	if (!record_read(&record, id) && record.state != RECORD_TAKEN)
		teardown_undo_creation(&record);
	record_free(&record);
	close(lock);
}

static void prepare_spare(struct monitor *monitor)
{
	uint64_t before = monitor->pool.allocated;

	storage_pool_prepare(&monitor->pool, monitor->portion);
	if (monitor->pool.allocated != before)
		write_level(monitor);
}

/*
 * Work that can wait while the kernel asks for nothing. No file is created before the snapshot is
 * taken: the file system with the storage may be frozen.
 */
static void do_deferred_work(struct monitor *monitor)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	check_creator(monitor);
	if (is_expired(monitor->record))
		expire_snapshot(monitor);
	if (monitor->level.wanted)
		grow_storage(monitor);
	else if (monitor->made)
		prepare_spare(monitor);
}

/*
 * Further events are handled before deferred work. Returns -ESRCH when the snapshot is gone, 0
 * after a signal, or another negative errno.
 */
static int handle_events(struct monitor *monitor)
{
	struct blksnap_event event;
	uint32_t timeout = 0;

	while (!stopped) {
		int ret = blksnap_event_wait(monitor->control, &monitor->record->id, timeout,
					     &event);

		if (ret && ret != -ENOENT && ret != -EINTR)
			return ret;
		timeout = ret ? WAIT_MS : 0;
		if (ret)
			do_deferred_work(monitor);
		else
			handle_event(monitor, &event);
	}
	return 0;
}

/* The places have been open since the start, so they are still the same folders, mounted or not. */
static int clean_up_storage(struct monitor *monitor)
{
	int status;

	if (monitor->expired)
		hooks_run(monitor->record, "expired", "the snapshot has expired");
	status = storage_pool_remove(&monitor->pool);
	leftovers_forget(&monitor->pool);
	runtime_forget(&monitor->record->id);
	return status ? GIVEN_UP : STATUS_OK;
}

static int finish_monitoring(struct monitor *monitor, int ret)
{
	if (ret == -ESRCH)
		return clean_up_storage(monitor);
	if (!ret) {
		message_event(MESSAGE_MONITOR_STOPPED, "stopped; the snapshot is left alone");
		return STATUS_OK;
	}
	message_failed(BLKSNAP_EVENT_WAIT, ret, "cannot wait for events of the snapshot");
	return GIVEN_UP;
}

/*
 * The file of the lock contains the pid of the previous monitor. Replace it by that of this
 * process. Returns whether there was a previous monitor.
 */
static bool is_restart(int lock)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	bool before = lseek(lock, 0, SEEK_END) > 0;

	if (ftruncate(lock, 0) || pwrite(lock, text, length, 0) != length)
		message_errno(-errno, "cannot write the pid of the monitor");
	return before;
}

static int monitor_snapshot(const struct record *record, int lock)
{
	struct monitor monitor = {
		.record = record, .portion = growth_portion(), .lock = lock,
	};
	int ret;

	monitor.control = control_open();
	if (monitor.control < 0)
		return GIVEN_UP;
	if (storage_pool_open(&monitor.pool, &record->id, &record->storage)) {
		storage_pool_close(&monitor.pool);
		close(monitor.control);
		return GIVEN_UP;
	}
	catch_signals();
	stay_in_memory();
	storage_level_read(&record->id, &monitor.level);
	monitor.level.wanted = 0;
	if (is_restart(lock) && !storage_pool_resume(&monitor.pool, monitor.control)) {
		monitor.level.wanted = MIB;
		grow_storage(&monitor);
	}
	/* What was asked for earlier, and when the storage was appended, is not known. */
	monitor.before = 0;
	monitor.grown = monotonic_ns();
	write_level(&monitor);
	notify_ready();
	ret = finish_monitoring(&monitor, handle_events(&monitor));
	storage_pool_close(&monitor.pool);
	close(monitor.control);
	return ret;
}

/* The process that destroyed the snapshot held the lock, and has removed the record. */
static bool was_removed(const struct blksnap_id *id)
{
	struct record record;
	int ret = record_read(&record, id);

	record_free(&record);
	if (ret == -ENOENT)
		runtime_forget(id);
	return ret == -ENOENT;
}

static int lock_and_monitor(const struct record *record, const char *text)
{
	int lock = runtime_lock_orphan(&record->id, "monitor", TEARDOWN_HOOK_MS);
	int ret;

	if (lock == -EWOULDBLOCK) {
		message_error("snapshot %s is monitored already", text);
		return STATUS_OK;
	}
	if (lock < 0) {
		message_errno(lock, "cannot lock the record of snapshot %s", text);
		return GIVEN_UP;
	}
	ret = was_removed(&record->id) ? STATUS_OK : monitor_snapshot(record, lock);
	close(lock);
	return ret;
}

int monitor_run(const struct blksnap_id *id, const char *text)
{
	char formatted[BLKSNAP_ID_TEXT];
	struct record record;
	int ret = record_read(&record, id);

	message_set_field(MESSAGE_SNAPSHOT, blksnap_id_format(id, formatted));
	message_set_field(MESSAGE_NAME, record.name);
	if (ret) {
		message_event(MESSAGE_MONITOR_FAILED, "cannot read the record of snapshot %s: %s",
			      text, strerror(-ret));
		ret = GIVEN_UP;
	} else {
		ret = lock_and_monitor(&record, text);
		if (ret == GIVEN_UP)
			message_event(MESSAGE_MONITOR_FAILED, "the monitor of snapshot %s has failed; if the snapshot still exists, run blksnap-agent cleanup to start another one",
				      text);
	}
	record_free(&record);
	return ret;
}

int monitor_run_restarting(const struct blksnap_id *id, const char *text)
{
	int status;
	pid_t pid;

	stay_in_memory();
	while (true) {
		pid = fork();
		if (!pid)
			_exit(monitor_run(id, text));
		while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		if (pid < 0)
			message_errno(-errno, "cannot start the monitor of snapshot %s", text);
		else if (WIFEXITED(status))
			return WEXITSTATUS(status);
		else
			message_event(MESSAGE_MONITOR_MISSING, "the monitor of snapshot %s was killed by signal %d; another one is started",
				      text, WTERMSIG(status));
		if (pid < 0)
			return STATUS_FAILED;
	}
}
