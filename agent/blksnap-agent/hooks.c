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

/* By its mode: one that must not be run for another reason is no less a hook, which fails. */
static bool is_program(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode) && st.st_mode & 0111;
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

/* A service that the hook starts shall not be spared as who looks after a snapshot is. */
static void be_killable(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "0", 1) < 0)
		say_error(-errno, "cannot write /proc/self/oom_score_adj");
	close(fd);
}

/* The hook's own process. Its output must not get into ours. */
static void execute(const char *path, const struct record *record, const char *phase,
		    const char *problem)
{
	int null = open("/dev/null", O_RDONLY);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	be_killable();
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

/* Says when one of the signals is pending, all of which are blocked; it stays pending. */
static int watch_signals(const int *signals, size_t count)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < count; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status;
}

/* With all that it started and that has not left its group. */
static void kill_hook(pid_t pid, int pidfd)
{
	kill(-pid, SIGTERM);
	ends_within(pidfd, -1, GRACE_MS);
	kill(-pid, SIGKILL);
	while (wait_for(-pid) >= 0)
		;
}

/* Returns the exit status for the supervisor: 0, or 1 after a message. */
static int supervise(pid_t pid, int asked, const char *path, const char *phase, uint64_t seconds)
{
	int ms = seconds > INT32_MAX / 1000 ? INT32_MAX : (int)seconds * 1000;
	int pidfd = syscall(SYS_pidfd_open, pid, 0);
	int status;

	if (pidfd >= 0 && !ends_within(pidfd, asked, ms)) {
		kill_hook(pid, pidfd);
		say("the hook %s %s did not end in %llu s, or before a signal, and was killed",
		    path, phase, (unsigned long long)seconds);
		return 1;
	}
	status = wait_for(pid);
	if (status < 0)
		say_error(status, "cannot wait for the hook %s %s", path, phase);
	else if (WIFSIGNALED(status))
		say("the hook %s %s was killed by signal %d", path, phase, WTERMSIG(status));
	else if (WEXITSTATUS(status))
		say("the hook %s %s failed with exit status %d", path, phase,
		    WEXITSTATUS(status));
	return status ? 1 : 0;
}

/*
 * A process between us and the hook. When we die it ends the hook with all that it started,
 * which it adopts for that, and only then itself: until then it keeps our locks, so that
 * whoever undoes what the hook did does not meet it.
 */
static int run_supervised(const char *path, const struct record *record, const char *phase,
			  const char *problem, pid_t parent)
{
	const int term = SIGTERM;
	int asked = watch_signals(&term, 1);
	pid_t pid;

	setpgid(0, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		return 1;
	pid = fork();
	if (!pid)
		execute(path, record, phase, problem);
	if (pid < 0) {
		say_error(-errno, "cannot run the hook %s", path);
		return 1;
	}
	setpgid(pid, pid);
	return supervise(pid, asked, path, phase, record->hook_timeout);
}

/* Before anything is held a signal to us ends the hook as well. */
static void pass_signals_on(pid_t pid)
{
	const int ours[] = { SIGINT, SIGTERM, SIGHUP };
	int signals = watch_signals(ours, sizeof(ours) / sizeof(ours[0]));
	int pidfd = syscall(SYS_pidfd_open, pid, 0);

	if (pidfd >= 0 && !ends_within(pidfd, signals, -1))
		kill(pid, SIGTERM);
	if (pidfd >= 0)
		close(pidfd);
	if (signals >= 0)
		close(signals);
}

static int run_one(const char *path, const struct record *record, const char *phase,
		   const char *problem)
{
	pid_t self = getpid(), pid = fork();

	if (!pid)
		_exit(run_supervised(path, record, phase, problem, self));
	if (pid < 0) {
		say_error(-errno, "cannot run the hook %s", path);
		return 1;
	}
	if (!strcmp(phase, "pre-freeze"))
		pass_signals_on(pid);
	return wait_for(pid) ? 1 : 0;
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

/* No folder is no hooks, where nobody asked for it. */
static int list(const struct record *record, struct dirent ***entries)
{
	int count = scandir(record->hooks, entries, is_hook, alphasort);

	if (count >= 0)
		return count;
	*entries = NULL;
	if (errno == ENOENT && !strcmp(record->hooks, SETTINGS_HOOKS))
		return 0;
	say_error(-errno, "cannot look for hooks in %s", record->hooks);
	return -1;
}

int hooks_run(const struct record *record, const char *phase, const char *problem)
{
	bool forward = strcmp(phase, "post-thaw"), ends = !strcmp(phase, "pre-freeze");
	struct dirent **entries;
	int count = list(record, &entries);
	int status = count < 0 ? 1 : 0;

	for (int i = 0; i < count; i++) {
		const char *name = entries[forward ? i : count - 1 - i]->d_name;

		if (!status || !ends)
			status |= run_entry(record, phase, problem, name);
	}
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	return status;
}
