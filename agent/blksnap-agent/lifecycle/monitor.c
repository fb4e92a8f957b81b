// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Looks after one snapshot: grows its storage, tells of what is lost, destroys it when its
 * time is over, and cleans up when it is gone.
 *
 * It may be killed at any moment. What it has to know is in the record, in the folders with
 * storage files, and in the kernel; only an event that was fetched and not answered gets
 * lost with it. So after a restart some storage is appended: the kernel asks again then, if
 * it still needs more.
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
#include "storage/growth.h"
#include "storage/storage_pool.h"

#define MIB		(UINT64_C(1) << 20)
#define SECTOR_SIZE	512

/* The wait for events ends this often, so that a signal just before it is noticed. */
#define WAIT_MS		1000

/* Exit status of a monitor that is not to be started again. */
#define GIVEN_UP	STATUS_FAILED

/**
 * struct monitor - the snapshot that is looked after
 * @control: the way to the module
 * @record: what is known of it
 * @pool: its storage
 * @growth: how much it asks for, and how fast
 * @portion: bytes that the next storage file should have
 * @wanted: bytes that it asked for and did not get, as there was no room yet
 * @lock: that is held as long as it is looked after
 * @made: nobody makes it any more
 * @told: hooks know that it gets no storage
 * @expired: its time was over
 */
struct monitor {
	int control;
	const struct record *record;
	struct storage_pool pool;
	struct growth growth;
	uint64_t portion;
	uint64_t wanted;
	int lock;
	bool made;
	bool told;
	bool expired;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* No SA_RESTART: the wait for an event has to end. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

/* Storage must grow also when memory is short: that is when much is written. */
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

/* Whoever waits sees the file appear. */
static void note(const struct monitor *monitor, const char *suffix, const char *text)
{
	char *path = runtime_path(&monitor->record->id, suffix);

	if (path)
		runtime_write(path, text);
	free(path);
}

static void note_storage(const struct monitor *monitor)
{
	char text[64];

	snprintf(text, sizeof(text), "%" PRIu64 " %" PRIu64 "\n", monitor->pool.used,
		 monitor->wanted);
	note(monitor, "storage", text);
}

/* In a process of its own: storage has to grow meanwhile. Our locks and files stay ours. */
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

static const char *name_of(const struct record *record, dev_t number)
{
	for (size_t i = 0; i < record->devices.count; i++)
		if (record->devices.items[i].number == number)
			return member_name(&record->devices.items[i]);
	return "a device";
}

static void handle_loss(const struct monitor *monitor, const struct blksnap_event *event)
{
	dev_t number = makedev(event->major, event->minor);
	char *problem, text[16];

	if (asprintf(&problem, "the image of device %u:%u (%s) is lost: %s", event->major,
		     event->minor, name_of(monitor->record, number),
		     event->error == -ENOSPC ? "the storage was used up" :
		     blksnap_strerror(BLKSNAP_EVENT_WAIT, event->error)) < 0)
		problem = NULL;
	message_error("%s", problem ? problem : "an image is lost");
	snprintf(text, sizeof(text), "%d\n", event->error);
	note(monitor, "lost", text);
	run_hooks(monitor, "lost", problem);
	free(problem);
}

static void grow(struct monitor *monitor)
{
	uint64_t added = storage_pool_grow(&monitor->pool, monitor->control, monitor->wanted);

	if (added)
		monitor->wanted = 0;
	note_storage(monitor);
	if (!added) {
		if (!monitor->told)
			run_hooks(monitor, "low-space", "the snapshot asks for storage that it cannot get");
		monitor->told = true;
		return;
	}
	monitor->told = false;
	message_note("%" PRIu64 " MiB of storage more, %" PRIu64 " MiB in all", added / MIB,
	    monitor->pool.used / MIB);
}

static void handle_low_space(struct monitor *monitor, uint64_t bytes)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	monitor->portion = growth_next(&monitor->growth, bytes, now.tv_sec);
	monitor->wanted = monitor->portion;
	grow(monitor);
}

static void handle_event(struct monitor *monitor, const struct blksnap_event *event)
{
	if (event->code == BLKSNAP_EVENT_CORRUPTED)
		handle_loss(monitor, event);
	else if (event->code == BLKSNAP_EVENT_LOW_SPACE)
		handle_low_space(monitor, event->sectors * SECTOR_SIZE);
}

static bool is_over(const struct record *record)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return record->deadline && now.tv_sec >= record->deadline;
}

static void expire(struct monitor *monitor)
{
	int ret;

	note(monitor, "expired", "");
	ret = blksnap_snapshot_destroy(monitor->control, &monitor->record->id);
	if (!ret) {
		message_note("the time of the snapshot is over, it is destroyed");
		monitor->expired = true;
	}
	if (ret && ret != -ESRCH && ret != -EBUSY)
		message_failed(BLKSNAP_SNAPSHOT_DESTROY, ret, "cannot destroy the snapshot");
}

/* Who makes it holds a lock meanwhile, and leaves it half made only by being killed. */
static void look_at_maker(struct monitor *monitor)
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

static void prepare(struct monitor *monitor)
{
	uint64_t before = monitor->pool.used;

	storage_pool_prepare(&monitor->pool, monitor->portion);
	if (monitor->pool.used != before)
		note_storage(monitor);
}

/*
 * What can wait while the snapshot asks for nothing. Nothing is written while it is made:
 * the file system with the storage may be frozen for it.
 */
static void catch_up(struct monitor *monitor)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	look_at_maker(monitor);
	if (is_over(monitor->record))
		expire(monitor);
	if (monitor->wanted)
		grow(monitor);
	else if (monitor->made)
		prepare(monitor);
}

/*
 * After an event there may be another one, which goes before all else. Returns -ESRCH when
 * the snapshot is gone, 0 after a signal, or what went wrong.
 */
static int watch(struct monitor *monitor)
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
			catch_up(monitor);
		else
			handle_event(monitor, &event);
	}
	return 0;
}

/* Its places are open since it began: nobody can have exchanged them, or hidden them from us. */
static int clean_up(struct monitor *monitor)
{
	int status;

	if (monitor->expired)
		hooks_run(monitor->record, "expired", "the time of the snapshot is over");
	status = storage_pool_remove(&monitor->pool);
	leftovers_forget(&monitor->pool);
	runtime_forget(&monitor->record->id);
	return status ? GIVEN_UP : STATUS_OK;
}

static int finish(struct monitor *monitor, int ret)
{
	if (ret == -ESRCH)
		return clean_up(monitor);
	if (!ret) {
		message_error("stopped; the snapshot is left alone");
		return STATUS_OK;
	}
	message_failed(BLKSNAP_EVENT_WAIT, ret, "cannot wait for events of the snapshot");
	return GIVEN_UP;
}

/* The lock's file holds the number of who had it last: then this is a restart. */
static bool was_here_before(int lock)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	bool before = lseek(lock, 0, SEEK_END) > 0;

	if (ftruncate(lock, 0) || pwrite(lock, text, length, 0) != length)
		message_errno(-errno, "cannot write down who looks after the snapshot");
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
	if (was_here_before(lock) && !storage_pool_resume(&monitor.pool, monitor.control)) {
		monitor.wanted = MIB;
		grow(&monitor);
	}
	note_storage(&monitor);
	notify_ready();
	ret = finish(&monitor, watch(&monitor));
	storage_pool_close(&monitor.pool);
	close(monitor.control);
	return ret;
}

/* Who destroyed the snapshot had the lock, and has removed the record. */
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
		message_error("snapshot %s is looked after already", text);
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
	struct record record;
	int ret = record_read(&record, id);

	if (ret)
		message_errno(ret, "cannot read what is known of snapshot %s", text);
	ret = ret ? GIVEN_UP : lock_and_monitor(&record, text);
	record_free(&record);
	return ret;
}

/* A child that was killed is started again, as systemd does it with the unit. */
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
			message_errno(-errno, "cannot start looking after snapshot %s", text);
		else if (WIFEXITED(status))
			return WEXITSTATUS(status);
		else
			message_error("the process that looked after snapshot %s was killed by signal %d, another one begins",
				      text, WTERMSIG(status));
		if (pid < 0)
			return STATUS_FAILED;
	}
}
