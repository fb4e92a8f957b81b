// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/descriptors.h"
#include "cli/message.h"
#include "lifecycle/launch.h"
#include "lifecycle/notify.h"
#include "state/runtime.h"

#define READY_MS	30000

extern char **environ;

static bool unit_exists(void)
{
	static const char *const folders[] = {
		"/etc/systemd/system", "/usr/local/lib/systemd/system",
		"/usr/lib/systemd/system", "/lib/systemd/system",
	};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/blksnap-agent@.service", folders[i]);
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

/* The test of sd_booted(3). */
static bool systemd_runs(void)
{
	return !access("/run/systemd/system", F_OK) && unit_exists();
}

/* The unit has Type=notify: systemctl returns when the monitor is ready. */
static int start_unit(const struct blksnap_id *id)
{
	char text[BLKSNAP_ID_TEXT], unit[96];
	char *const command[] = { "systemctl", "start", unit, NULL };
	int ret, status;
	pid_t pid;

	snprintf(unit, sizeof(unit), "blksnap-agent@%s.service", blksnap_id_format(id, text));
	ret = posix_spawnp(&pid, command[0], NULL, NULL, command, environ);
	if (ret)
		return -ret;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -EIO;
}

static void redirect(const char *log)
{
	int null = open("/dev/null", O_RDWR);
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(out >= 0 ? out : null, STDOUT_FILENO);
	dup2(out >= 0 ? out : null, STDERR_FILENO);
}

/* Runs in the child. No descriptor of the caller stays open. */
static void become_daemon(const struct blksnap_id *id, const char *socket, const char *log)
{
	/*
	 * The monitor outlives the shell that set the limit. Under systemd it has no such limit
	 * either.
	 */
	const struct rlimit no_limit = { RLIM_INFINITY, RLIM_INFINITY };
	char text[BLKSNAP_ID_TEXT];
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setrlimit(RLIMIT_FSIZE, &no_limit);
	setsid();
	if (chdir("/"))
		_exit(127);
	redirect(log);
	descriptors_close();
	setenv("NOTIFY_SOCKET", socket, 1);
	execl("/proc/self/exe", "blksnap-agent", "monitor", "--daemon",
	      blksnap_id_format(id, text), (char *)NULL);
	_exit(127);
}

static int start_child(const struct blksnap_id *id, int fd, const char *socket, const char *log)
{
	pid_t pid = fork();
	int ret;

	if (!pid)
		become_daemon(id, socket, log);
	if (pid < 0)
		return -errno;
	ret = notify_wait(fd, pid, READY_MS);
	if (ret) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return ret;
}

static int start_daemon(const struct blksnap_id *id)
{
	char *socket = runtime_path(id, "notify");
	char *log = runtime_path(id, "log");
	int fd = socket && log ? notify_listen(socket) : -ENOMEM;
	int ret = fd;

	if (fd >= 0) {
		ret = start_child(id, fd, socket, log);
		close(fd);
		unlink(socket);
	}
	free(socket);
	free(log);
	return ret;
}

int launch_monitor(const struct blksnap_id *id)
{
	char text[BLKSNAP_ID_TEXT];
	int ret = -ENOENT;

	if (systemd_runs()) {
		ret = start_unit(id);
		if (ret)
			message_error("systemd cannot start blksnap-agent@%s.service, so the monitor is started as a daemon",
				      blksnap_id_format(id, text));
	}
	if (ret)
		ret = start_daemon(id);
	if (!ret)
		return 0;
	message_errno(ret, "cannot start the monitor of snapshot %s (its log is %s/%s.log)",
		      blksnap_id_format(id, text), RUNTIME_DIR, text);
	return 1;
}
