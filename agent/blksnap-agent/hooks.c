// SPDX-License-Identifier: GPL-2.0-or-later
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hooks.h"
#include "say.h"

/* Between being asked to end and being killed. */
#define GRACE_MS	2000

int hooks_check(const struct settings *settings)
{
	struct stat st;

	if (stat(settings->hooks, &st)) {
		if (errno == ENOENT && !settings->hooks_set)
			return 0;
		say_error(-errno, "cannot use the hooks in %s", settings->hooks);
		return 1;
	}
	if (S_ISDIR(st.st_mode))
		return 0;
	say("cannot use the hooks in %s: it is not a folder", settings->hooks);
	return 1;
}

/* Not what editors and package managers leave behind. */
static int is_hook(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return *entry->d_name != '.' && entry->d_name[length - 1] != '~' &&
	       !strstr(entry->d_name, ".dpkg-") && !strstr(entry->d_name, ".rpm");
}

static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && !access(path, X_OK);
}

static void set_environment(const struct record *record, const char *phase, const char *problem)
{
	char id[BLKSNAP_ID_TEXT];
	char *devices = strings_join(&record->devices);

	setenv("BLKSNAP_PHASE", phase, 1);
	setenv("BLKSNAP_ID", blksnap_id_format(&record->id, id), 1);
	setenv("BLKSNAP_NAME", record->name ? record->name : "", 1);
	setenv("BLKSNAP_DEVICES", devices ? devices : "", 1);
	setenv("BLKSNAP_PROBLEM", problem ? problem : "", 1);
	free(devices);
}

/*
 * The child's part. Its output must not get into our own. It does not outlive us, so that
 * whoever undoes what it did does not meet it.
 */
static void execute(const char *path, const struct record *record, const char *phase,
		    const char *problem)
{
	int null = open("/dev/null", O_RDONLY);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	set_environment(record, phase, problem);
	execl(path, path, phase, (char *)NULL);
	say_error(-errno, "cannot run the hook %s", path);
	_exit(127);
}

/* Whether the process ended in that time, and before the other descriptor, if any, spoke. */
static bool ends_within(int pidfd, int other, int ms)
{
	struct pollfd fds[2] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = other, .events = POLLIN },
	};
	int ret;

	do {
		ret = poll(fds, 2, ms);
	} while (ret < 0 && errno == EINTR);
	return ret > 0 && fds[0].revents;
}

/* Says when a signal is pending that is blocked; it stays pending. */
static int watch_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

/* A hook that does not end is killed with all that it started. */
static bool wait_limited(pid_t pid, uint64_t seconds, bool interruptible)
{
	int ms = seconds > INT32_MAX / 1000 ? INT32_MAX : (int)seconds * 1000;
	int signals = interruptible ? watch_signals() : -1;
	int pidfd = syscall(SYS_pidfd_open, pid, 0);
	bool ended = pidfd < 0 || ends_within(pidfd, signals, ms);

	if (!ended) {
		kill(-pid, SIGTERM);
		ends_within(pidfd, -1, GRACE_MS);
		kill(-pid, SIGKILL);
	}
	if (pidfd >= 0)
		close(pidfd);
	if (signals >= 0)
		close(signals);
	return ended;
}

static int run_one(const char *path, const struct record *record, const char *phase,
		   const char *problem)
{
	pid_t pid = fork();
	bool ended;
	int status;

	if (!pid)
		execute(path, record, phase, problem);
	if (pid < 0) {
		say_error(-errno, "cannot run the hook %s", path);
		return 1;
	}
	setpgid(pid, pid);
	ended = wait_limited(pid, record->hook_timeout, !strcmp(phase, "pre-freeze"));
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!ended)
		say("the hook %s %s did not end in %llu s, or before a signal, and was killed",
		    path, phase, (unsigned long long)record->hook_timeout);
	else if (WIFSIGNALED(status))
		say("the hook %s %s was killed by signal %d", path, phase, WTERMSIG(status));
	else if (WEXITSTATUS(status))
		say("the hook %s %s failed with exit status %d", path, phase,
		    WEXITSTATUS(status));
	return ended && WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : 1;
}

static int run_entry(const struct record *record, const char *phase, const char *problem,
		     const char *name)
{
	char *path;
	int status;

	if (asprintf(&path, "%s/%s", record->hooks, name) < 0)
		return 1;
	status = is_program(path) ? run_one(path, record, phase, problem) : 0;
	free(path);
	return status;
}

int hooks_run(const struct record *record, const char *phase, const char *problem)
{
	bool forward = strcmp(phase, "post-thaw"), ends = !strcmp(phase, "pre-freeze");
	struct dirent **entries;
	int count = scandir(record->hooks, &entries, is_hook, alphasort);
	int status = 0;

	for (int i = 0; i < count; i++) {
		const char *name = entries[forward ? i : count - 1 - i]->d_name;

		if (!status || !ends)
			status |= run_entry(record, phase, problem, name);
	}
	for (int i = 0; i < count; i++)
		free(entries[i]);
	if (count >= 0)
		free(entries);
	return status;
}
