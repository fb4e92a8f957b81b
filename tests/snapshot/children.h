/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What programs have in common that load a device with several processes: those, the end
 * of them by a signal, and the journals that they share with whoever checks.
 */
#ifndef CHILDREN_H
#define CHILDREN_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Set by SIGTERM or SIGINT; a child looks at it between two operations. */
static volatile sig_atomic_t stopped;

static inline void children_stop(int signal)
{
	(void)signal;
	stopped = 1;
}

__attribute__((noreturn)) static inline void fail(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

static inline uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * UINT64_C(1000000000) + ts.tv_nsec;
}

/* A page-aligned buffer, for direct I/O. */
static inline void *aligned(size_t size)
{
	void *p;

	if (posix_memalign(&p, 4096, size))
		fail("posix_memalign");
	return p;
}

/*
 * Runs work(0, arg) to work(count - 1, arg), each in a process of its own, all in one
 * process group, until they end by themselves or by a signal. Returns whether one failed.
 */
static inline int children_run(int count, int (*work)(int index, void *arg), void *arg)
{
	struct sigaction action = { .sa_handler = children_stop };
	int status, failed = 0;

	setpgid(0, 0);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	for (int i = 0; i < count; i++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			/*
			 * They never rest. What the test does among their work, with the programs
			 * that it starts, is not to wait for them, or it takes twice as long.
			 */
			if (nice(10) == -1)
				fail("nice");
			exit(work(i, arg));
		}
	}
	for (;;) {
		if (stopped)
			kill(0, SIGTERM);
		if (wait(&status) < 0) {
			if (errno == EINTR)
				continue;
			break;
		}
		failed |= !WIFEXITED(status) || WEXITSTATUS(status);
	}
	return failed;
}

/* A file in memory that processes share, filled with zeros when it is made. NULL: none yet. */
static inline void *shared_file(const char *path, size_t size, bool create)
{
	int fd = open(path, O_RDWR | (create ? O_CREAT : 0), 0600);
	struct stat st;
	void *p;

	if (fd < 0)
		return NULL;
	if ((create && ftruncate(fd, size)) || fstat(fd, &st))
		fail(path);
	/* Whoever makes it has just begun. */
	if ((size_t)st.st_size < size) {
		close(fd);
		return NULL;
	}
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		fail(path);
	close(fd);
	return p;
}

#endif /* CHILDREN_H */
