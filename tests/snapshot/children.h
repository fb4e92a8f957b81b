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

/*
 * After something that began at this time: rests as long as it took, not for ever, and on a kernel
 * with checkers several times as long. As many as there are keep a device busy all the same, and
 * what they would take of the processors is what the test waits for, and other guests.
 */
static inline void rest(uint64_t since)
{
	const char *scale = getenv("TIMEOUT_SCALE");
	uint64_t ns = (now() - since) * (scale ? atoi(scale) : 1);
	struct timespec ts = { .tv_nsec = ns < 20000000 ? ns : 20000000 };

	nanosleep(&ts, NULL);
}

/*
 * Waits until so much more is counted. It fails when the process that does it has ended, or the
 * time is over.
 */
static inline int await_progress(uint64_t (*count)(const char *dir), const char *dir, uint64_t more,
				 pid_t pid, int seconds)
{
	uint64_t wanted = count(dir) + more, end = now() + seconds * UINT64_C(1000000000);
	bool done = false;

	while (!kill(pid, 0)) {
		if (done)
			return 0;
		if (now() > end) {
			fprintf(stderr, "waited %d s for the writers in vain\n", seconds);
			return 1;
		}
		done = count(dir) >= wanted;
		if (!done)
			usleep(20000);
	}
	fputs("the writers ended\n", stderr);
	return 1;
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
