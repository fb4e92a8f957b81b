// SPDX-License-Identifier: GPL-2.0
/*
 * allocations DEVICE STORAGE [STEP]: has each allocation of each call fail in turn, and each
 * access to the caller's memory.
 *
 * The kernel fails the Nth of them that a task makes when asked to (fail-nth, see
 * fault-injection.rst). A call that fails must have changed nothing: the same call, made
 * again, comes as far as the next one, and in the end succeeds. Writes to the device must
 * not fail at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <linux/fs.h>
#include <linux/blk-filter.h>
#include <linux/blksnap.h>

#define PIECE	(1 << 20)
/* More than four pages at once, and direct I/O wants memory without which it fails by itself. */
#define WRITE	(4 * 4096)
#define MOST	4000

static const char *device_path, *storage_path;
static int control, device, nth;
static struct blksnap_uuid id;
static char *data, *seen;
static char image_path[64];

__attribute__((noreturn)) static void fail(const char *what, int error)
{
	fprintf(stderr, "FAIL: %s: %s\n", what, strerror(error < 0 ? -error : error));
	exit(1);
}

static int result(int ret)
{
	return ret < 0 ? -errno : 0;
}

static int named(unsigned long number)
{
	struct blkfilter_name arg = { .name = "blksnap" };

	return result(ioctl(device, number, &arg));
}

static int ctl(uint32_t cmd, void *opt, uint32_t optlen)
{
	struct blkfilter_ctl arg = {
		.name = "blksnap", .cmd = cmd, .optlen = optlen, .opt = (uintptr_t)opt,
	};

	return result(ioctl(device, BLKFILTER_CTL, &arg));
}

static int attach(void)
{
	return named(BLKFILTER_ATTACH);
}

static int detach(void)
{
	return named(BLKFILTER_DETACH);
}

static int create(void)
{
	return result(ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_CREATE, &id));
}

static int destroy(void)
{
	return result(ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &id));
}

static int add(void)
{
	struct blksnap_snapshotadd arg = { .id = id };

	return ctl(blkfilter_ctl_blksnap_snapshotadd, &arg, sizeof(arg));
}

static int append(void)
{
	struct blksnap_sectors ranges[] = { { 0, 8192 }, { 16384, 32768 } };
	struct blksnap_snapshot_append_storage arg = {
		.id = id,
		.bdev_path = (uint8_t *)storage_path,
		.bdev_path_size = strlen(storage_path) + 1,
		.count = 2,
		.ranges = ranges,
	};

	return result(ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE, &arg));
}

static int take(void)
{
	return result(ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_TAKE, &id));
}

static int mark(void)
{
	struct blksnap_sectors range = { 0, 8 };
	struct blksnap_cbtdirty arg = { .count = 1, .dirty_sectors = &range };

	return ctl(blkfilter_ctl_blksnap_cbtdirty, &arg, sizeof(arg));
}

static int read_map(void)
{
	struct blksnap_cbtmap arg = { .length = PIECE, .buffer = (uint8_t *)seen };

	return ctl(blkfilter_ctl_blksnap_cbtmap, &arg, sizeof(arg));
}

static int collect(void)
{
	struct blksnap_uuid ids[16];
	struct blksnap_snapshot_collect arg = { .count = 16, .ids = ids };

	return result(ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_COLLECT, &arg));
}

static int wait_event(void)
{
	struct blksnap_snapshot_event event = { .id = id };
	int ret = result(ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT, &event));

	return ret == -ENOENT ? 0 : ret;
}

static int write_device(void)
{
	ssize_t n = pwrite(device, data, WRITE, 0);

	return n == WRITE ? 0 : n < 0 ? -errno : -EIO;
}

/* 0, or why the image is lost. */
static int image_error(void)
{
	struct blksnap_snapshotinfo info = { 0 };
	int ret = ctl(blkfilter_ctl_blksnap_snapshotinfo, &info, sizeof(info));

	snprintf(image_path, sizeof(image_path), "/dev/%s", (const char *)info.image);
	return ret ?: info.error_code;
}

/* The image shows the zeros that the device began with. */
static int read_image(void)
{
	int fd = open(image_path, O_RDONLY | O_DIRECT), ret = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = pread(fd, seen, PIECE, 0);
	if (n < 0)
		ret = -errno;
	for (ssize_t i = 0; i < n; i++)
		if (seen[i])
			fail("the image shows what was written later", EILSEQ);
	close(fd);
	return ret;
}

static int write_image(void)
{
	int fd = open(image_path, O_WRONLY | O_DIRECT), ret;

	if (fd < 0)
		return -errno;
	ret = pwrite(fd, data, 65536, 8 << 20) == 65536 ? 0 : -errno;
	close(fd);
	return ret;
}

static void must(const char *what, int ret)
{
	if (ret)
		fail(what, ret);
}

static void zero_device(void)
{
	uint64_t range[2] = { 0, PIECE };

	must("zero the device", result(ioctl(device, BLKZEROOUT, range)));
}

/* How far a step's surroundings are set up before it, and taken down after it. */
enum stage { BARE, ATTACHED, CREATED, ADDED, STORED, TAKEN };

static void set_up(enum stage stage)
{
	int ret = stage >= ATTACHED ? attach() : 0;

	if (ret && ret != -EALREADY)
		fail("attach", ret);
	if (stage >= CREATED)
		must("create", create());
	if (stage >= ADDED)
		must("add", add());
	if (stage >= STORED)
		must("append", append());
	if (stage < TAKEN)
		return;
	zero_device();
	must("take", take());
	must("look at the image", image_error());
}

/* The device stays attached if the step is not about that: it takes its time. */
static void tear_down(enum stage before, enum stage after)
{
	int ret;

	if (before >= CREATED || after >= CREATED) {
		ret = destroy();
		if (ret && ret != -ESRCH)
			fail("destroy", ret);
	}
	ret = before == BARE || after == BARE ? detach() : 0;
	if (ret && ret != -ENOENT)
		fail("detach", ret);
}

struct step {
	const char *name;
	enum stage before;
	enum stage after;
	int (*run)(void);
	bool once;		/* what it does cannot be done twice */
	bool never_fails;
};

static const struct step steps[] = {
	{ "attach", BARE, ATTACHED, attach, true, false },
	{ "map", ATTACHED, ATTACHED, read_map, false, false },
	{ "mark", ATTACHED, ATTACHED, mark, false, false },
	{ "create", ATTACHED, CREATED, create, true, false },
	{ "add", CREATED, ADDED, add, true, false },
	{ "append", ADDED, STORED, append, true, false },
	{ "take", STORED, TAKEN, take, true, false },
	{ "collect", TAKEN, TAKEN, collect, false, false },
	{ "wait", TAKEN, TAKEN, wait_event, true, false },
	{ "write device", TAKEN, TAKEN, write_device, true, true },
	{ "read image", TAKEN, TAKEN, read_image, false, false },
	{ "write image", TAKEN, TAKEN, write_image, false, false },
	{ "destroy", TAKEN, TAKEN, destroy, true, false },
	{ "detach", ATTACHED, BARE, detach, true, false },
};

/* Returns whether there was an Nth one. To ask for it may itself be the Nth. */
static bool run_with_fault(const struct step *step, unsigned int n, int *ret)
{
	char text[16];
	ssize_t len;

	snprintf(text, sizeof(text), "%u", n);
	if (pwrite(nth, text, strlen(text), 0) < 0)
		fail("fail-nth", errno);
	*ret = step->run();
	len = pread(nth, text, sizeof(text) - 1, 0);
	if (len < 0 || pwrite(nth, "0", 1, 0) < 0) {
		if (errno == EFAULT)
			return false;
		fail("fail-nth", errno);
	}
	text[len] = 0;
	return !atoi(text);
}

static void note(const char *name, unsigned int allocations, unsigned int failed)
{
	printf("%s: %u allocations, %u times it failed\n", name, allocations, failed);
	fflush(stdout);
}

/* How many allocations and copies there were to fail. */
static unsigned int try_step(const struct step *step)
{
	unsigned int n = 0, failed = 0;
	bool again, lost;
	int ret;

	set_up(step->before);
	do {
		if (++n > MOST)
			fail("no end of allocations", ELOOP);
		if (n % 100 == 0)
			note(step->name, n, failed);
		again = run_with_fault(step, n, &ret);
		if (ret && (!again || step->never_fails)) {
			fprintf(stderr, "allocation %u: ", n);
			fail(step->name, ret);
		}
		failed += !!ret;
		lost = step->before == TAKEN && image_error();
		if (step->run == write_device && !lost)
			must("read the image", read_image());
		if (again && (lost || (!ret && step->once))) {
			tear_down(step->before, step->after);
			set_up(step->before);
		}
	} while (again);
	tear_down(step->before, step->after);
	note(step->name, n - 1, failed);
	return n - 1;
}

int main(int argc, char **argv)
{
	unsigned int sum = 0;

	if (argc != 3 && argc != 4)
		return 2;
	device_path = argv[1];
	storage_path = argv[2];
	control = open("/dev/" BLKSNAP_CTL, O_RDWR);
	device = open(device_path, O_RDWR | O_DIRECT);
	nth = open("/proc/thread-self/fail-nth", O_RDWR);
	if (control < 0 || device < 0 || nth < 0)
		fail("open", errno);
	if (posix_memalign((void **)&data, 4096, PIECE) || posix_memalign((void **)&seen, 4096, PIECE))
		fail("memory", ENOMEM);
	memset(data, 0x5a, PIECE);
	for (unsigned int i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (argc == 3 || !strcmp(argv[3], steps[i].name))
			sum += try_step(&steps[i]);
	if (!sum)
		fail("nothing could be made to fail", ENODATA);
	return 0;
}
