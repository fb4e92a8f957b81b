// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "say.h"

void child_add(struct child *child, const char *word)
{
	if (child->argc == CHILD_WORDS) {
		say("cannot run %s: more than %d arguments", child->argv[0], CHILD_WORDS);
		exit(STATUS_FAILED);
	}
	child->argv[child->argc++] = word;
}

void child_add_all(struct child *child, ...)
{
	const char *word;
	va_list words;

	va_start(words, child);
	while ((word = va_arg(words, const char *)))
		child_add(child, word);
	va_end(words);
}

void child_pass(struct child *child, int fd)
{
	if (child->fd_count == CHILD_FDS) {
		say("cannot run %s: more than %d open files; prune the target", child->argv[0], CHILD_FDS);
		exit(STATUS_FAILED);
	}
	child->fds[child->fd_count++] = fd;
}

/* Everything here is opened with O_CLOEXEC; what the child gets loses that. */
static void become(const struct child *child, int out, pid_t parent)
{
	int null = open("/dev/null", O_RDWR);

	signal(SIGPIPE, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	/* Results are ours alone: what a program tells goes to the standard error. */
	dup2(out >= 0 ? out : STDERR_FILENO, STDOUT_FILENO);
	if (child->silent)
		dup2(null, STDERR_FILENO);
	for (size_t i = 0; i < child->fd_count; i++)
		if (child->fds[i] >= 0)
			fcntl(child->fds[i], F_SETFD, 0);
	execvp(child->argv[0], (char *const *)child->argv);
	say_error(errno, "cannot run %s; is its package installed?", child->argv[0]);
	_exit(127);
}

int child_start(struct child *child, FILE **out)
{
	pid_t parent = getpid();
	int ends[2] = { -1, -1 };

	if (out && pipe2(ends, O_CLOEXEC)) {
		say_error(errno, "cannot run %s", child->argv[0]);
		return -1;
	}
	fflush(stdout);
	child->pid = fork();
	if (!child->pid)
		become(child, ends[1], parent);
	if (out)
		close(ends[1]);
	if (child->pid < 0)
		say_error(errno, "cannot run %s", child->argv[0]);
	else if (!out || (*out = fdopen(ends[0], "re")))
		return 0;
	if (out)
		close(ends[0]);
	return -1;
}

int child_wait(struct child *child)
{
	int status;

	while (waitpid(child->pid, &status, 0) < 0)
		if (errno != EINTR) {
			say_error(errno, "cannot wait for %s", child->argv[0]);
			return -1;
		}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	say("%s was ended by signal %d", child->argv[0], WTERMSIG(status));
	return -1;
}

int child_run(struct child *child, char **text)
{
	size_t size = 0;
	FILE *out;

	if (child_start(child, text ? &out : NULL))
		return -1;
	if (text) {
		*text = NULL;
		errno = 0;
		if (getdelim(text, &size, '\0', out) < 0) {
			free(*text);
			*text = strdup("");
		}
		fclose(out);
	}
	return child_wait(child);
}
