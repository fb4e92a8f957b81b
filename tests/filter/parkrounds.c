// SPDX-License-Identifier: GPL-2.0
/*
 * parkrounds ROUNDS DEVICE...: parks the devices (upper ones first) again and again,
 * under whatever load there is, and sees that while they are parked no write is under
 * way, none is shown, and nothing changes on them. Only disks are read: the reading of
 * others may wait for their drivers' own writes, to a device that is parked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <linux/fs.h>
#include <linux/blk-filter.h>
#include "../modules/blkfilter_test/blkfilter_test.h"

#define WINDOW	(1 << 20)

struct device {
	const char *name;
	int fd;
	int is_disk;
	int inflight;
	uint64_t size;
	off_t offset;
	char *seen;
};

static struct device devices[BLKFILTER_TEST_DEVICES];
static int count;
static char *again;

__attribute__((noreturn)) static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerrorname_np(errno));
	exit(1);
}

static uint64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ull + ts.tv_nsec / 1000000;
}

static int control(struct device *device, unsigned int command, void *opt, size_t len)
{
	struct blkfilter_ctl arg = {
		.name = BLKFILTER_TEST_NAME,
		.cmd = command,
		.optlen = len,
		.opt = (uintptr_t)opt,
	};

	return ioctl(device->fd, BLKFILTER_CTL, &arg);
}

static char *allocate(size_t size)
{
	void *p;

	if (posix_memalign(&p, 4096, size))
		fail("posix_memalign");
	memset(p, 0, size);
	return p;
}

static int is_disk(dev_t dev)
{
	static const char *const drivers[] = { "dm", "md", "loop" };
	char path[100];
	unsigned int i;

	for (i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
		snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/%s", major(dev), minor(dev),
			 drivers[i]);
		if (!access(path, F_OK))
			return 0;
	}
	return 1;
}

static void open_device(const char *name)
{
	struct device *device = &devices[count++];
	char path[100];
	struct stat st;

	device->name = name;
	device->fd = open(name, O_RDONLY | O_DIRECT);
	if (device->fd < 0 || fstat(device->fd, &st) || ioctl(device->fd, BLKGETSIZE64, &device->size))
		fail(name);
	snprintf(path, sizeof(path), "/sys/dev/block/%u:%u/inflight", major(st.st_rdev),
		 minor(st.st_rdev));
	device->inflight = open(path, O_RDONLY);
	if (device->inflight < 0)
		fail(path);
	device->is_disk = is_disk(st.st_rdev);
	device->seen = allocate(WINDOW);
}

static unsigned int writes_in_flight(struct device *device)
{
	unsigned int reads, writes;
	char text[100];
	ssize_t len = pread(device->inflight, text, sizeof(text) - 1, 0);

	if (len <= 0)
		fail("inflight");
	text[len] = 0;
	if (sscanf(text, "%u %u", &reads, &writes) != 2)
		fail("inflight");
	return writes;
}

static void read_window(struct device *device, char *to)
{
	if (pread(device->fd, to, WINDOW, device->offset) != WINDOW)
		fail(device->name);
}

/* A request is counted for a moment longer than its bios are. */
static void look_first(struct device *device)
{
	uint64_t end = now_ms() + 5000;

	while (writes_in_flight(device))
		if (now_ms() > end) {
			fprintf(stderr, "%s: parked, with writes under way\n", device->name);
			exit(1);
		}
	if (!device->is_disk)
		return;
	device->offset = random() % (device->size / WINDOW) * WINDOW;
	read_window(device, device->seen);
}

static int look_again(struct device *device)
{
	struct blkfilter_test_stats stats;
	int bad = 0;

	if (device->is_disk) {
		read_window(device, again);
		if (memcmp(again, device->seen, WINDOW)) {
			fprintf(stderr, "%s: parked, and what is on it changes\n", device->name);
			bad = 1;
		}
	}
	if (writes_in_flight(device)) {
		fprintf(stderr, "%s: parked, and a write is under way\n", device->name);
		bad = 1;
	}
	if (control(device, BLKFILTER_TEST_GET_STATS, &stats, sizeof(stats)))
		fail("stats");
	if (stats.count[BLKFILTER_TEST_LATE]) {
		fprintf(stderr, "%s: parked, and a write was shown\n", device->name);
		bad = 1;
	}
	return bad;
}

static uint64_t park(void)
{
	struct blkfilter_test_quiesce park = { .count = count, .timeout_ms = 60000 };
	uint64_t start = now_ms();
	struct stat st;
	int i;

	for (i = 0; i < count; i++) {
		fstat(devices[i].fd, &st);
		park.devices[i] = makedev(major(st.st_rdev), minor(st.st_rdev));
	}
	if (control(&devices[0], BLKFILTER_TEST_QUIESCE, &park, sizeof(park)))
		fail("park");
	return now_ms() - start;
}

int main(int argc, char **argv)
{
	uint64_t ms, longest = 0;
	int i, round, bad = 0;

	if (argc < 3 || argc > 2 + BLKFILTER_TEST_DEVICES)
		return 2;
	for (i = 2; i < argc; i++)
		open_device(argv[i]);
	again = allocate(WINDOW);
	srandom(time(NULL));
	if (mlockall(MCL_CURRENT))
		fail("mlockall");
	for (round = 0; round < atoi(argv[1]) && !bad; round++) {
		usleep(random() % 20000);
		ms = park();
		longest = ms > longest ? ms : longest;
		for (i = 0; i < count; i++)
			look_first(&devices[i]);
		usleep(random() % 5000);
		for (i = 0; i < count; i++)
			bad |= look_again(&devices[i]);
		if (control(&devices[0], BLKFILTER_TEST_RESUME, NULL, 0))
			fail("release");
	}
	printf("%d rounds, parking took at most %llu ms\n", round, (unsigned long long)longest);
	return bad;
}
