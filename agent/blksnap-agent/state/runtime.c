// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/message.h"
#include "state/runtime.h"
#include "text_file.h"

int runtime_prepare(void)
{
	if (!mkdir(RUNTIME_DIR, 0700) || errno == EEXIST)
		return 0;
	message_errno(-errno, "cannot make %s", RUNTIME_DIR);
	return 1;
}

char *runtime_path(const struct blksnap_id *id, const char *suffix)
{
	char text[BLKSNAP_ID_TEXT], *path;

	if (asprintf(&path, RUNTIME_DIR "/%s.%s", blksnap_id_format(id, text), suffix) < 0)
		return NULL;
	return path;
}

static bool same_file(int fd, const char *path)
{
	struct stat opened, named;

	return !fstat(fd, &opened) && !stat(path, &named) && opened.st_ino == named.st_ino;
}

/*
 * The file may be removed between open() and flock(). A lock on it would exclude nobody, so open it
 * again.
 */
static int lock_path(const char *path, bool wait)
{
	int fd;

	while (true) {
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return -errno;
		if (flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB))) {
			int error = errno;

			close(fd);
			if (error != EINTR)
				return -error;
			continue;
		}
		if (same_file(fd, path))
			return fd;
		close(fd);
	}
}

int runtime_lock(const struct blksnap_id *id, const char *suffix, bool wait)
{
	char *path = runtime_path(id, suffix);
	int fd = path ? lock_path(path, wait) : -ENOMEM;

	free(path);
	return fd;
}

int runtime_lock_within(const struct blksnap_id *id, const char *suffix, int ms)
{
	int lock = runtime_lock(id, suffix, false);

	for (; lock == -EWOULDBLOCK && ms > 0; ms -= RUNTIME_NAP_MS) {
		runtime_nap();
		lock = runtime_lock(id, suffix, false);
	}
	return lock;
}

void runtime_nap(void)
{
	const struct timespec nap = { .tv_nsec = RUNTIME_NAP_MS * 1000000L };

	nanosleep(&nap, NULL);
}

int runtime_lock_all(void)
{
	return lock_path(RUNTIME_DIR "/lock", true);
}

int runtime_lock_all_within(int ms)
{
	int lock = lock_path(RUNTIME_DIR "/lock", false);

	for (; lock == -EWOULDBLOCK && ms > 0; ms -= RUNTIME_NAP_MS) {
		runtime_nap();
		lock = lock_path(RUNTIME_DIR "/lock", false);
	}
	return lock;
}

int runtime_lock_hooks(void)
{
	return lock_path(RUNTIME_DIR "/hooks", false);
}

/* A shared lock is used for the test, so that two processes that test do not see each other. */
bool runtime_locked(const struct blksnap_id *id, const char *suffix)
{
	char *path = runtime_path(id, suffix);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	bool locked;

	free(path);
	if (fd < 0)
		return false;
	locked = flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;
	close(fd);
	return locked;
}

pid_t runtime_lock_owner(const struct blksnap_id *id, const char *suffix)
{
	char *path = runtime_path(id, suffix);
	char *text = path ? text_file_read(path) : NULL;
	long pid = text ? strtol(text, NULL, 10) : 0;

	free(text);
	free(path);
	return pid > 0 ? pid : 0;
}

static bool owner_died(const struct blksnap_id *id, const char *suffix)
{
	pid_t pid = runtime_lock_owner(id, suffix);

	return pid && kill(pid, 0) && errno == ESRCH;
}

int runtime_lock_orphan(const struct blksnap_id *id, const char *suffix, int ms)
{
	int lock = runtime_lock(id, suffix, false);

	for (; lock == -EWOULDBLOCK && ms > 0 && owner_died(id, suffix); ms -= RUNTIME_NAP_MS) {
		runtime_nap();
		lock = runtime_lock(id, suffix, false);
	}
	return lock;
}

static int write_new(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");
	int ret = 0;

	if (!file)
		return -errno;
	if (fchmod(fileno(file), 0600) || fputs(text, file) == EOF || fflush(file))
		ret = -errno;
	if (fclose(file) && !ret)
		ret = -errno;
	return ret;
}

int runtime_write(const char *path, const char *text)
{
	char *fresh;
	int ret;

	if (asprintf(&fresh, "%s.new", path) < 0)
		return -ENOMEM;
	ret = write_new(fresh, text);
	if (!ret && rename(fresh, path))
		ret = -errno;
	if (ret)
		unlink(fresh);
	free(fresh);
	return ret;
}

static void remove_suffix(const struct blksnap_id *id, const char *suffix)
{
	char *path = runtime_path(id, suffix);

	if (path)
		unlink(path);
	free(path);
}

void runtime_forget(const struct blksnap_id *id)
{
	remove_suffix(id, "lost");
	remove_suffix(id, "expired");
	remove_suffix(id, "storage");
	remove_suffix(id, "create");
	remove_suffix(id, "monitor");
	remove_suffix(id, "log");
	remove_suffix(id, "notify");
	remove_suffix(id, "lost.new");
	remove_suffix(id, "expired.new");
	remove_suffix(id, "storage.new");
	remove_suffix(id, "json.new");
	remove_suffix(id, "json");
}
