// SPDX-License-Identifier: GPL-2.0
/*
 * Dependent writes: each writer counts, and writes the number to one device only after
 * it had been written to the one before. See usage().
 */
#include "children.h"

#define BLOCK	4096
#define DISTANCE (1 << 20)

static void usage(void)
{
	fputs("chain run WRITERS DEVICE DEVICE...  until a signal; every second writer goes through\n"
	      "                                   the devices the other way round\n"
	      "chain check WRITERS IMAGE IMAGE...  prints the sum of the counters\n", stderr);
	exit(2);
}

struct devices {
	int count;
	int fds[16];
};

/* Which device is the Kth that the writer writes to. */
static int turn(int writer, int k, int devices)
{
	return writer % 2 ? devices - 1 - k : k;
}

static int work(int writer, void *arg)
{
	const struct devices *devices = arg;
	uint64_t *data = aligned(BLOCK);

	for (uint64_t n = 1; !stopped; n++) {
		for (int i = 0; i < BLOCK / 8; i++)
			data[i] = n;
		for (int k = 0; k < devices->count; k++)
			if (pwrite(devices->fds[turn(writer, k, devices->count)], data, BLOCK,
				   (off_t)writer * DISTANCE) != BLOCK)
				fail("write");
	}
	return 0;
}

static uint64_t counter(int fd, int writer)
{
	uint64_t *data = aligned(BLOCK), n;

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

static int check(int writers, const struct devices *devices)
{
	unsigned long long sum = 0;
	int wrong = 0;

	for (int w = 0; w < writers; w++) {
		uint64_t first = counter(devices->fds[turn(w, 0, devices->count)], w);
		uint64_t before = first;

		for (int k = 1; k < devices->count; k++) {
			uint64_t n = counter(devices->fds[turn(w, k, devices->count)], w);

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
	struct devices devices = { 0 };
	int writers, flags;

	if (argc < 5 || argc > 16 + 3)
		usage();
	writers = atoi(argv[2]);
	flags = (strcmp(argv[1], "run") ? O_RDONLY : O_WRONLY) | O_DIRECT;
	for (char **name = argv + 3; *name; name++) {
		devices.fds[devices.count] = open(*name, flags);
		if (devices.fds[devices.count++] < 0)
			fail(*name);
	}
	if (!strcmp(argv[1], "run"))
		return children_run(writers, work, &devices);
	if (!strcmp(argv[1], "check"))
		return check(writers, &devices);
	usage();
}
