// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/descriptors.h"
#include "cli/message.h"
#include "lifecycle/supervisor.h"

/* Time between SIGTERM and SIGKILL, and for killed processes to exit. */
#define GRACE_MS	2000
#define GONE_MS		30000
#define NAP_MS		10

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/*
 * The monitor's oom_score_adj protects it from the OOM killer; a hook, and services that it starts,
 * must not inherit that.
 */
static void be_killable(void)
{
	FILE *file = fopen("/proc/self/oom_score_adj", "r+e");
	int value;

	if (!file)
		return;
	if (fscanf(file, "%d", &value) == 1 && value < 0) {
		rewind(file);
		fputs("0", file);
	}
	if (fclose(file))
		message_errno(-errno, "cannot write /proc/self/oom_score_adj");
}

/* The process of the program itself. Its output goes to the agent's standard error. */
static void exec_program(const struct supervised_program *program, pid_t supervisor)
{
	int null = open("/dev/null", O_RDONLY);
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != supervisor)
		_exit(127);
	signal(SIGHUP, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	signal(SIGTTOU, SIG_DFL);
	be_killable();
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO);
	clearenv();
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	program->prepare(program->context);
	descriptors_close();
	execl(program->path, program->path, program->argument, (char *)NULL);
	message_errno(-errno, "cannot run %s", program->path);
	_exit(127);
}

static int block_signals(const int *signals, size_t count)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < count; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/*
 * Reap adopted processes that have exited. Returns whether the program has exited, too; it is left
 * to be reaped by the caller.
 */
static bool has_ended(pid_t pid)
{
	siginfo_t info = {};

	while (!waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid) {
		if (info.si_pid == pid)
			return true;
		waitpid(info.si_pid, NULL, 0);
		info.si_pid = 0;
	}
	return false;
}

/* Returns whether the program exited before the time was over and before SIGTERM arrived. */
static bool ends_in_time(pid_t pid, int signals, uint64_t seconds)
{
	int64_t most = seconds > INT32_MAX / 1000 ? INT32_MAX : (int64_t)seconds * 1000;
	int64_t left, end = now_ms() + most;
	struct pollfd fd = { .fd = signals, .events = POLLIN };
	struct signalfd_siginfo signal;

	while (!has_ended(pid)) {
		left = end - now_ms();
		if (left <= 0)
			return false;
		if (poll(&fd, 1, left) <= 0)
			continue;
		while (read(signals, &signal, sizeof(signal)) == sizeof(signal))
			if (signal.ssi_signo == SIGTERM)
				return false;
	}
	return true;
}

/*
 * Send a signal to all children, including adopted ones. Returns 0, or a negative errno if they
 * cannot be listed.
 */
static int kill_children(int signal)
{
	FILE *file = fopen("/proc/thread-self/children", "re");
	int pid;

	if (!file)
		return -errno;
	while (fscanf(file, "%d", &pid) == 1)
		kill(pid, signal);
	fclose(file);
	return 0;
}

/*
 * Returns whether all children exited within @ms. With @kill_them, kill those that appear
 * meanwhile.
 */
static bool all_gone(int ms, bool kill_them)
{
	const struct timespec nap = { .tv_nsec = NAP_MS * 1000000L };
	int64_t end = now_ms() + ms;

	do {
		if (kill_them)
			kill_children(SIGKILL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD)
			return true;
		nanosleep(&nap, NULL);
	} while (now_ms() < end);
	return false;
}

/* End the process group of the program, then everything that has left the group. */
static void end_program(const struct supervised_program *program, pid_t pid)
{
	int ret;

	kill(-pid, SIGTERM);
	if (all_gone(GRACE_MS, false))
		return;
	kill(-pid, SIGKILL);
	ret = kill_children(SIGKILL);
	if (ret)
		message_errno(ret, "cannot find what %s has started", program->path);
	if (!all_gone(GONE_MS, true))
		message_error("%s %s was killed, and is not gone yet", program->path,
			      program->argument);
}

/* The main loop of the supervisor. */
static int wait_for_program(const struct supervised_program *program, pid_t pid, int signals)
{
	int status;

	if (!ends_in_time(pid, signals, program->seconds)) {
		end_program(program, pid);
		message_event(MESSAGE_HOOK_FAILED,
		    "the hook %s %s did not end in %llu s, or before a signal, and was killed",
		    program->path, program->argument, (unsigned long long)program->seconds);
		return 1;
	}
	if (waitpid(pid, &status, 0) < 0)
		message_errno(-errno, "cannot wait for %s %s", program->path, program->argument);
	else if (WIFSIGNALED(status))
		message_event(MESSAGE_HOOK_FAILED, "the hook %s %s was killed by signal %d", program->path,
			      program->argument, WTERMSIG(status));
	else if (WEXITSTATUS(status))
		message_event(MESSAGE_HOOK_FAILED, "the hook %s %s failed with exit status %d", program->path,
			      program->argument, WEXITSTATUS(status));
	else
		return 0;
	return 1;
}

static int run_supervisor(const struct supervised_program *program, pid_t parent)
{
	const int term_and_child[] = { SIGTERM, SIGCHLD };
	int signals = block_signals(term_and_child, 2);
	pid_t self = getpid(), pid;

	setpgid(0, 0);
	signal(SIGTTOU, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (signals < 0 || getppid() != parent)
		return 1;
	pid = fork();
	if (!pid)
		exec_program(program, self);
	if (pid < 0) {
		message_errno(-errno, "cannot run %s", program->path);
		return 1;
	}
	setpgid(pid, pid);
	return wait_for_program(program, pid, signals);
}

/*
 * Wait until the supervisor exits or a signal is pending for this process, and pass the signal on.
 */
static void pass_signals_on(pid_t pid)
{
	const int ours[] = { SIGINT, SIGTERM, SIGHUP };
	struct pollfd fds[2] = { { .events = POLLIN }, { .events = POLLIN } };

	fds[0].fd = syscall(SYS_pidfd_open, pid, 0);
	fds[1].fd = block_signals(ours, 3);
	while (fds[0].fd >= 0 && poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	if (fds[1].revents)
		kill(pid, SIGTERM);
	for (int i = 0; i < 2; i++)
		if (fds[i].fd >= 0)
			close(fds[i].fd);
}

int supervisor_run(const struct supervised_program *program)
{
	pid_t self = getpid(), pid = fork();
	int status;

	if (!pid)
		_exit(run_supervisor(program, self));
	if (pid < 0) {
		message_errno(-errno, "cannot run %s", program->path);
		return 1;
	}
	if (program->interruptible)
		pass_signals_on(pid);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return status ? 1 : 0;
}
