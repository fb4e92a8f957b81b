// SPDX-License-Identifier: GPL-2.0
/*
 * Dependent writes: each writer counts, and writes the number to one device only after
 * it had been written to the one before. See usage().
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define BLOCK	4096
#define DISTANCE (1 << 20)

static void usage(void)
{
	fputs("chain run WRITERS DEVICE DEVICE...  until a signal; every second writer goes through\n"
	      "                                   the devices the other way round\n"
	      "chain check WRITERS IMAGE IMAGE...  prints the sum of the counters\n", stderr);
	exit(2);
}

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

__attribute__((noreturn)) static void fail(const char *what)
{
	fprintf(stderr, "chain: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t *buffer(void)
{
	void *p;

	if (posix_memalign(&p, BLOCK, BLOCK))
		fail("posix_memalign");
	return p;
}

/* Which device is the Kth that the writer writes to. */
static int turn(int writer, int k, int devices)
{
	return writer % 2 ? devices - 1 - k : k;
}

static int work(int writer, int *fds, int devices)
{
	uint64_t *data = buffer();

	for (uint64_t n = 1; !stopped; n++) {
		for (int i = 0; i < BLOCK / 8; i++)
			data[i] = n;
		for (int k = 0; k < devices; k++)
			if (pwrite(fds[turn(writer, k, devices)], data, BLOCK,
				   (off_t)writer * DISTANCE) != BLOCK)
				fail("write");
	}
	return 0;
}

static int run(int writers, int *fds, int devices)
{
	struct sigaction action = { .sa_handler = stop };
	int status, failed = 0;

	sigaction(SIGTERM, &action, NULL);
	for (int i = 0; i < writers; i++) {
		pid_t pid = fork();

		if (pid < 0)
			fail("fork");
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			exit(work(i, fds, devices));
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

static uint64_t counter(int fd, int writer)
{
	uint64_t *data = buffer(), n;

	if (pread(fd, data, BLOCK, (off_t)writer * DISTANCE) != BLOCK)
		fail("read");
	n = data[0];
	for (int i = 0; i < BLOCK / 8; i++) {
		if (data[i] != n) {
			fprintf(stderr, "writer %d: torn: %llu and %llu\n", writer,
				(unsigned long long)n, (unsigned long long)data[i]);
			exit(1);
		}
	}
	free(data);
	return n;
}

static int check(int writers, int *fds, int devices)
{
	unsigned long long sum = 0;
	int wrong = 0;

	for (int w = 0; w < writers; w++) {
		uint64_t first = counter(fds[turn(w, 0, devices)], w), before = first;

		for (int k = 1; k < devices; k++) {
			uint64_t n = counter(fds[turn(w, k, devices)], w);

			if (n > before || first - n > 1) {
				fprintf(stderr, "writer %d: %llu on the first device, %llu before, and then %llu\n",
					w, (unsigned long long)first, (unsigned long long)before,
					(unsigned long long)n);
				wrong = 1;
			}
			before = n;
		}
		sum += first;
	}
	printf("%llu\n", sum);
	return wrong;
}

int main(int argc, char **argv)
{
	int fds[16], devices, writers, running;

	if (argc < 5 || argc > 16 + 3)
		usage();
	running = !strcmp(argv[1], "run");
	writers = atoi(argv[2]);
	for (devices = 0; argv[3 + devices]; devices++) {
		fds[devices] = open(argv[3 + devices], (running ? O_WRONLY : O_RDONLY) | O_DIRECT);
		if (fds[devices] < 0)
			fail(argv[3 + devices]);
	}
	if (running) {
		setpgid(0, 0);
		return run(writers, fds, devices);
	}
	if (!strcmp(argv[1], "check"))
		return check(writers, fds, devices);
	usage();
}
