// SPDX-License-Identifier: GPL-2.0
/*
 * The test filter's commands, for scripts. See usage().
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <linux/fs.h>
#include <linux/blk-filter.h>
#include "../modules/blkfilter_test/blkfilter_test.h"

#define SECTOR	512
#define COPY	(2048 * SECTOR)

static const char *const count_names[BLKFILTER_TEST_COUNTS] = {
	"writes", "discards", "zeroes", "erases",
	"write_sectors", "discard_sectors", "zeroes_sectors", "erase_sectors",
	"kept", "resubmitted", "late", "wrong", "changed",
};

static void usage(void)
{
	fputs("filterctl attach DEVICE [FILTER]\n"
	      "filterctl detach DEVICE [FILTER]\n"
	      "filterctl stats DEVICE          NAME=COUNT, one a line\n"
	      "filterctl ranges DEVICE         sectors shown, FIRST COUNT, one range a line\n"
	      "filterctl covers DEVICE BEFORE  number of sectors that differ from file BEFORE;\n"
	      "                                fails if one of them was not shown\n"
	      "filterctl reset DEVICE\n"
	      "filterctl mode DEVICE [percent=N] [delay=MS] [reverse] [hold] [busy]\n"
	      "filterctl park MS DEVICE...     upper ones first\n"
	      "filterctl release DEVICE\n"
	      "Errors are told by name, such as EBUSY.\n", stderr);
	exit(2);
}

__attribute__((noreturn)) static void fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerrorname_np(errno));
	exit(1);
}

static void *allocate(size_t size)
{
	void *p;

	if (posix_memalign(&p, 4096, size))
		fail("posix_memalign");
	memset(p, 0, size);
	return p;
}

static int open_device(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		fail(path);
	return fd;
}

static void name_command(int fd, unsigned long command, const char *name)
{
	struct blkfilter_name arg = { 0 };

	memcpy(arg.name, name, strnlen(name, sizeof(arg.name)));
	if (ioctl(fd, command, &arg))
		fail(command == BLKFILTER_ATTACH ? "attach" : "detach");
}

static void control(int fd, unsigned int command, void *opt, size_t len)
{
	struct blkfilter_ctl arg = {
		.name = BLKFILTER_TEST_NAME,
		.cmd = command,
		.optlen = len,
		.opt = (uintptr_t)opt,
	};

	if (ioctl(fd, BLKFILTER_CTL, &arg))
		fail("ctl");
}

static void stats(int fd)
{
	struct blkfilter_test_stats stats;
	int i;

	control(fd, BLKFILTER_TEST_GET_STATS, &stats, sizeof(stats));
	for (i = 0; i < BLKFILTER_TEST_COUNTS; i++)
		printf("%s=%llu\n", count_names[i], (unsigned long long)stats.count[i]);
}

static uint64_t sectors_of(int fd)
{
	uint64_t size;

	if (ioctl(fd, BLKGETSIZE64, &size))
		fail("BLKGETSIZE64");
	return size / SECTOR;
}

static uint8_t *get_bitmap(int fd, uint64_t sectors)
{
	struct blkfilter_test_bitmap arg = { .size = (sectors / 64 + 2) * 8 };
	uint8_t *bitmap = allocate(arg.size);

	arg.addr = (uintptr_t)bitmap;
	control(fd, BLKFILTER_TEST_GET_BITMAP, &arg, sizeof(arg));
	return bitmap;
}

static int is_set(const uint8_t *bitmap, uint64_t i)
{
	return bitmap[i / 8] >> i % 8 & 1;
}

static void ranges(int fd)
{
	uint64_t i, start, sectors = sectors_of(fd);
	uint8_t *bitmap = get_bitmap(fd, sectors);

	for (i = 0; i < sectors; i++) {
		if (!is_set(bitmap, i))
			continue;
		for (start = i; i < sectors && is_set(bitmap, i); i++)
			;
		printf("%llu %llu\n", (unsigned long long)start, (unsigned long long)(i - start));
	}
}

static void covers(int fd, const char *before)
{
	uint64_t i, changed = 0, missed = 0, sectors = sectors_of(fd);
	uint8_t *bitmap = get_bitmap(fd, sectors);
	uint8_t *old = allocate(COPY), *new = allocate(COPY);
	int file = open_device(before, O_RDONLY);
	ssize_t got;
	int j;

	for (i = 0; i < sectors; i += got / SECTOR) {
		got = pread(fd, new, COPY, i * SECTOR);
		if (got < SECTOR)
			fail("reading the device");
		if (pread(file, old, got, i * SECTOR) != got)
			fail(before);
		for (j = 0; j < got / SECTOR; j++) {
			if (!memcmp(old + j * SECTOR, new + j * SECTOR, SECTOR))
				continue;
			changed++;
			if (is_set(bitmap, i + j))
				continue;
			if (missed++ < 10)
				fprintf(stderr, "sector %llu changed and was not shown\n",
					(unsigned long long)(i + j));
		}
	}
	printf("%llu\n", (unsigned long long)changed);
	if (missed) {
		fprintf(stderr, "%llu of %llu changed sectors were not shown\n",
			(unsigned long long)missed, (unsigned long long)changed);
		exit(1);
	}
}

static void mode(int fd, char **words)
{
	struct blkfilter_test_mode mode = { 0 };

	for (; *words; words++) {
		if (sscanf(*words, "percent=%u", &mode.percent) == 1 ||
		    sscanf(*words, "delay=%u", &mode.delay_ms) == 1)
			continue;
		else if (!strcmp(*words, "reverse"))
			mode.flags |= BLKFILTER_TEST_REVERSE;
		else if (!strcmp(*words, "hold"))
			mode.flags |= BLKFILTER_TEST_HOLD;
		else if (!strcmp(*words, "busy"))
			mode.flags |= BLKFILTER_TEST_BUSY;
		else
			usage();
	}
	control(fd, BLKFILTER_TEST_SET_MODE, &mode, sizeof(mode));
}

static void park(char **words)
{
	struct blkfilter_test_quiesce park = { .timeout_ms = atoi(*words++) };
	char **device;
	struct stat st;

	for (device = words; *device; device++) {
		if (park.count == BLKFILTER_TEST_DEVICES || stat(*device, &st))
			fail(*device);
		park.devices[park.count++] = makedev(major(st.st_rdev), minor(st.st_rdev));
	}
	if (!park.count)
		usage();
	control(open_device(words[0], O_RDONLY), BLKFILTER_TEST_QUIESCE, &park, sizeof(park));
}

int main(int argc, char **argv)
{
	const char *command = argv[1], *name = BLKFILTER_TEST_NAME;
	int fd;

	if (argc < 3)
		usage();
	if (!strcmp(command, "park")) {
		park(argv + 2);
		return 0;
	}
	if (argc > 3)
		name = argv[3];
	/* What was written through the page cache is on the device when it was shown. */
	fd = open_device(argv[2], O_RDONLY | (strcmp(command, "covers") ? 0 : O_DIRECT));
	if (!strcmp(command, "attach"))
		name_command(fd, BLKFILTER_ATTACH, name);
	else if (!strcmp(command, "detach"))
		name_command(fd, BLKFILTER_DETACH, name);
	else if (!strcmp(command, "stats"))
		stats(fd);
	else if (!strcmp(command, "ranges"))
		ranges(fd);
	else if (!strcmp(command, "covers") && argc == 4)
		covers(fd, argv[3]);
	else if (!strcmp(command, "reset"))
		control(fd, BLKFILTER_TEST_RESET, NULL, 0);
	else if (!strcmp(command, "mode"))
		mode(fd, argv + 3);
	else if (!strcmp(command, "release"))
		control(fd, BLKFILTER_TEST_RESUME, NULL, 0);
	else
		usage();
	return 0;
}
