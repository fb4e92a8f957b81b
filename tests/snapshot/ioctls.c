// SPDX-License-Identifier: GPL-2.0
/*
 * Every ioctl of the filter and of the control device, with arguments that are wrong.
 * BUILD: m32
 *
 * ioctls DEVICE STORAGE LARGE: prints a line for each call, the same from 64-bit and from
 * 32-bit programs; fails if an answer is not the one that is documented. The logical blocks
 * of DEVICE and STORAGE have 512 bytes, those of LARGE 4096.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/blk-filter.h>
#include <linux/blksnap.h>

static int control, device, failures;
static const char *device_path, *storage_path, *large_path;
static void *bad;

/* answer GOT, WANTED: a negative errno or what the call returned. */
static void answer(const char *what, int got, int wanted)
{
	const char *text = got < 0 ? strerrorname_np(-got) : "";

	if (got != wanted) {
		failures++;
		fprintf(stderr, "FAIL: %s: %d (%s), not %d (%s)\n", what, got, text, wanted,
			wanted < 0 ? strerrorname_np(-wanted) : "");
	}
	if (got < 0)
		printf("%s: %s\n", what, text);
	else
		printf("%s: %d\n", what, got);
}

static int result(int ret)
{
	return ret < 0 ? -errno : ret;
}

static void check(const char *what, bool holds)
{
	if (holds)
		return;
	failures++;
	fprintf(stderr, "FAIL: %s\n", what);
}

static int named(unsigned long number, const char *name)
{
	struct blkfilter_name arg;

	memset(&arg, 0, sizeof(arg));
	memcpy(arg.name, name, strnlen(name, sizeof(arg.name)));
	return result(ioctl(device, number, &arg));
}

static int ctl_named(const char *name, uint32_t cmd, void *opt, uint32_t optlen)
{
	struct blkfilter_ctl arg;

	memset(&arg, 0, sizeof(arg));
	memcpy(arg.name, name, strnlen(name, sizeof(arg.name)));
	arg.cmd = cmd;
	arg.optlen = optlen;
	arg.opt = (uintptr_t)opt;
	return result(ioctl(device, BLKFILTER_CTL, &arg));
}

static int ctl(uint32_t cmd, void *opt, uint32_t optlen)
{
	return ctl_named("blksnap", cmd, opt, optlen);
}

static int cbtmap(uint32_t offset, uint32_t length, void *buffer)
{
	struct blksnap_cbtmap arg;

	memset(&arg, 0, sizeof(arg));
	arg.offset = offset;
	arg.length = length;
	arg.buffer = buffer;
	return ctl(blkfilter_ctl_blksnap_cbtmap, &arg, sizeof(arg));
}

static int cbtdirty(uint32_t count, void *ranges)
{
	struct blksnap_cbtdirty arg;

	memset(&arg, 0, sizeof(arg));
	arg.count = count;
	arg.dirty_sectors = ranges;
	return ctl(blkfilter_ctl_blksnap_cbtdirty, &arg, sizeof(arg));
}

static int dirty(uint64_t offset, uint64_t count)
{
	struct blksnap_sectors range = { offset, count };

	return cbtdirty(1, &range);
}

static int add(const struct blksnap_uuid *id)
{
	struct blksnap_snapshotadd arg = { *id };

	return ctl(blkfilter_ctl_blksnap_snapshotadd, &arg, sizeof(arg));
}

static int append_path(const struct blksnap_uuid *id, const char *path, uint32_t size,
		       uint32_t count, struct blksnap_sectors *ranges)
{
	struct blksnap_snapshot_append_storage arg;

	memset(&arg, 0, sizeof(arg));
	arg.id = *id;
	arg.bdev_path = (uint8_t *)path;
	arg.bdev_path_size = size;
	arg.count = count;
	arg.ranges = ranges;
	return result(ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE, &arg));
}

static int append_to(const struct blksnap_uuid *id, const char *path, uint64_t offset,
		     uint64_t count)
{
	struct blksnap_sectors range = { offset, count };

	return append_path(id, path, strlen(path) + 1, 1, &range);
}

static int append(const struct blksnap_uuid *id, uint64_t offset, uint64_t count)
{
	return append_to(id, storage_path, offset, count);
}

static int collect(uint32_t *count, struct blksnap_uuid *ids)
{
	struct blksnap_snapshot_collect arg;
	int ret;

	memset(&arg, 0, sizeof(arg));
	arg.count = *count;
	arg.ids = ids;
	ret = result(ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_COLLECT, &arg));
	*count = arg.count;
	return ret;
}

static int wait_event(const struct blksnap_uuid *id, uint32_t ms, struct blksnap_snapshot_event *event)
{
	memset(event, 0xff, sizeof(*event));
	event->id = *id;
	event->timeout_ms = ms;
	return result(ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT, event));
}

static int simple(unsigned long number, void *arg)
{
	return result(ioctl(control, number, arg));
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void test_filter_names(void)
{
	char full[BLKFILTER_NAME_LENGTH];

	answer("detach, not attached", named(BLKFILTER_DETACH, "blksnap"), -ENOENT);
	answer("ctl, not attached", ctl(blkfilter_ctl_blksnap_cbtinfo, bad, 4), -ENOENT);
	answer("attach, unknown", named(BLKFILTER_ATTACH, "nobody"), -ENOENT);
	answer("attach, empty name", named(BLKFILTER_ATTACH, ""), -ENOENT);
	memset(full, 'x', sizeof(full));
	answer("attach, name not terminated", result(ioctl(device, BLKFILTER_ATTACH, full)), -ENOENT);
	answer("attach, bad pointer", result(ioctl(device, BLKFILTER_ATTACH, bad)), -EFAULT);
	answer("detach, bad pointer", result(ioctl(device, BLKFILTER_DETACH, bad)), -EFAULT);
	answer("ctl, bad pointer", result(ioctl(device, BLKFILTER_CTL, bad)), -EFAULT);
	answer("attach, null", result(ioctl(device, BLKFILTER_ATTACH, NULL)), -EFAULT);
	answer("attach", named(BLKFILTER_ATTACH, "blksnap"), 0);
	answer("attach, again", named(BLKFILTER_ATTACH, "blksnap"), -EALREADY);
	answer("detach, unknown", named(BLKFILTER_DETACH, "nobody"), -EINVAL);
	answer("ctl, another name", ctl_named("nobody", 0, bad, 4), -ENOENT);
	answer("ctl, another number of the ioctl",
	       result(ioctl(device, _IOWR(0x12, 142, char[12]), bad)), -ENOTTY);
}

static void test_ctl_numbers(void)
{
	char option[4096] = { 0 };

	answer("ctl 5", ctl(5, option, sizeof(option)), -ENOTTY);
	answer("ctl 6", ctl(6, option, sizeof(option)), -ENOTTY);
	answer("ctl 255", ctl(255, option, sizeof(option)), -ENOTTY);
	answer("ctl 2^31", ctl(0x80000000u, option, sizeof(option)), -ENOTTY);
	answer("ctl 2^32-1", ctl(0xffffffffu, option, sizeof(option)), -ENOTTY);
}

static void test_option_sizes(void)
{
	static const size_t sizes[] = {
		sizeof(struct blksnap_cbtinfo), sizeof(struct blksnap_cbtmap),
		sizeof(struct blksnap_cbtdirty), sizeof(struct blksnap_snapshotadd),
		sizeof(struct blksnap_snapshotinfo),
	};
	char what[64], option[4096];

	for (uint32_t cmd = 0; cmd < 5; cmd++) {
		memset(option, 0, sizeof(option));
		snprintf(what, sizeof(what), "ctl %u, no option", cmd);
		answer(what, ctl(cmd, NULL, 0), -EINVAL);
		snprintf(what, sizeof(what), "ctl %u, one byte too few", cmd);
		answer(what, ctl(cmd, option, sizes[cmd] - 1), -EINVAL);
		snprintf(what, sizeof(what), "ctl %u, bad option", cmd);
		answer(what, ctl(cmd, bad, sizes[cmd]), -EFAULT);
		snprintf(what, sizeof(what), "ctl %u, null option", cmd);
		answer(what, ctl(cmd, NULL, sizes[cmd]), -EFAULT);
		snprintf(what, sizeof(what), "ctl %u, longer option", cmd);
		answer(what, ctl(cmd, option, sizeof(option)), cmd == 3 ? -ESRCH : 0);
	}
}

static void test_map(void)
{
	struct blksnap_cbtinfo info;
	uint64_t sectors;
	uint8_t *map;
	uint32_t count;

	memset(&info, 0xff, sizeof(info));
	answer("cbtinfo", ctl(blkfilter_ctl_blksnap_cbtinfo, &info, sizeof(info)), 0);
	count = info.block_count;
	sectors = info.device_capacity / 512;
	check("block count", count == (info.device_capacity + info.block_size - 1) / info.block_size);
	check("block size is a power of two", info.block_size && !(info.block_size & (info.block_size - 1)));
	check("no number yet", info.changes_number == 0);
	map = malloc(count + 16);

	answer("cbtmap, all", cbtmap(0, count, map), count);
	memset(map, 0xa5, count + 16);
	answer("cbtmap, more than all", cbtmap(0, count + 16, map), count);
	check("nothing written behind the map", map[count] == 0xa5 && map[count + 15] == 0xa5);
	answer("cbtmap, no length", cbtmap(0, 0, map), 0);
	answer("cbtmap, no length, no buffer", cbtmap(0, 0, NULL), 0);
	answer("cbtmap, last byte", cbtmap(count - 1, 1, map), 1);
	answer("cbtmap, from the last byte", cbtmap(count - 1, 0xffffffffu, map), 1);
	answer("cbtmap, at the end", cbtmap(count, 1, map), 0);
	answer("cbtmap, behind the end", cbtmap(count + 1, 16, map), 0);
	answer("cbtmap, far behind the end", cbtmap(0xffffffffu, 0xffffffffu, map), 0);
	answer("cbtmap, sum of both overflows", cbtmap(16, 0xfffffff0u, map), count - 16);
	answer("cbtmap, bad buffer", cbtmap(0, count, bad), -EFAULT);
	answer("cbtmap, null buffer", cbtmap(0, count, NULL), -EFAULT);

	answer("cbtdirty, none", cbtdirty(0, NULL), 0);
	answer("cbtdirty, bad ranges", cbtdirty(1, bad), -EFAULT);
	answer("cbtdirty, null ranges", cbtdirty(1, NULL), -EFAULT);
	answer("cbtdirty, huge count of bad ranges", cbtdirty(0xffffffffu, bad), -EFAULT);
	answer("cbtdirty, first", dirty(0, 1), 0);
	answer("cbtdirty, last", dirty(sectors - 1, 1), 0);
	answer("cbtdirty, all", dirty(0, sectors), 0);
	answer("cbtdirty, one too many", dirty(0, sectors + 1), -EINVAL);
	answer("cbtdirty, at the end", dirty(sectors, 1), -EINVAL);
	answer("cbtdirty, overflow", dirty(UINT64_MAX, 1), -EINVAL);
	answer("cbtdirty, overflow of the sum", dirty(2, UINT64_MAX - 1), -EINVAL);
	answer("cbtdirty, overflow in bytes", dirty(UINT64_C(1) << 55, 1), -EINVAL);
	answer("cbtdirty, overflow in bytes of the count", dirty(0, (UINT64_C(1) << 55) + 1), -EINVAL);
	free(map);
}

/* Ranges that end where the memory does. */
static void test_many_ranges(void)
{
	size_t page = sysconf(_SC_PAGESIZE), pages = 64;
	char *area = mmap(NULL, (pages + 1) * page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct blksnap_sectors *ranges = (struct blksnap_sectors *)area;
	uint32_t count = pages * page / sizeof(*ranges);

	munmap(area + pages * page, page);
	for (uint32_t i = 0; i < count; i++) {
		ranges[i].offset = i;
		ranges[i].count = 1;
	}
	answer("cbtdirty, many", cbtdirty(count, ranges), 0);
	answer("cbtdirty, one more than there are", cbtdirty(count + 1, ranges), -EFAULT);
	munmap(area, pages * page);
}

/* An image is a device that cannot be tracked. */
static void test_image(const char *name)
{
	char path[64];
	int tracked = device;

	snprintf(path, sizeof(path), "/dev/%s", name);
	device = open(path, O_RDONLY);
	check("the image can be opened", device >= 0);
	answer("attach, an image", named(BLKFILTER_ATTACH, "blksnap"), -EOPNOTSUPP);
	answer("detach, an image", named(BLKFILTER_DETACH, "blksnap"), -ENOENT);
	answer("ctl, an image", ctl(blkfilter_ctl_blksnap_cbtinfo, bad, 4), -ENOENT);
	close(device);
	device = tracked;
}

/* The event is kept for who can take it: the caller's next ask finds it. */
static void test_unwritable_event(const struct blksnap_uuid *id)
{
	static const struct {
		const char *what;
		int head, data;
	} cases[] = {
		{ "event, result cannot be written", PROT_READ, PROT_READ },
		{ "event, its head cannot be written", PROT_READ, PROT_READ | PROT_WRITE },
		{ "event, its data cannot be written", PROT_READ | PROT_WRITE, PROT_READ },
	};
	size_t page = sysconf(_SC_PAGESIZE);
	char *area = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t head = offsetof(struct blksnap_snapshot_event, data);
	struct blksnap_snapshot_event *event = (void *)(area + page - head);

	event->id = *id;
	event->timeout_ms = 0;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mprotect(area, page, cases[i].head);
		mprotect(area + page, page, cases[i].data);
		answer(cases[i].what, simple(IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT, event), -EFAULT);
	}
	munmap(area, 2 * page);
}

static void test_snapshot(void)
{
	struct blksnap_uuid id, other, none = { { 1, 2, 3 } }, ids[16];
	struct blksnap_snapshotinfo info;
	struct blksnap_snapshot_event event;
	struct blksnap_version version;
	struct blksnap_sectors range = { 0, 8192 };
	struct sigaction action = { .sa_handler = on_alarm };
	struct timespec start, end;
	uint32_t count;
	uint64_t size;
	int fd;

	fd = open(storage_path, O_RDONLY);
	ioctl(fd, BLKGETSIZE64, &size);
	close(fd);
	size /= 512;

	answer("version", simple(IOCTL_BLKSNAP_VERSION, &version), 0);
	answer("version, bad pointer", simple(IOCTL_BLKSNAP_VERSION, bad), -EFAULT);
	answer("no such command", simple(_IOW('V', 7, int), &version), -ENOTTY);
	answer("no such command, huge", simple(0xffffffff, &version), -ENOTTY);
	answer("a command's number with another size", simple(_IOW('V', 0, char[3]), &version), -ENOTTY);

	answer("create, bad pointer", simple(IOCTL_BLKSNAP_SNAPSHOT_CREATE, bad), -EFAULT);
	count = 0;
	answer("collect, none", collect(&count, NULL), 0);
	check("no snapshot after a create that failed", count == 0);

	answer("create", simple(IOCTL_BLKSNAP_SNAPSHOT_CREATE, &id), 0);
	answer("create another", simple(IOCTL_BLKSNAP_SNAPSHOT_CREATE, &other), 0);
	check("names differ", memcmp(&id, &other, sizeof(id)));

	count = 0;
	answer("collect, no array", collect(&count, NULL), 0);
	check("two snapshots", count == 2);
	count = 1;
	answer("collect, no array but room", collect(&count, NULL), 0);
	check("two snapshots, whatever the room", count == 2);
	count = 0;
	answer("collect, no room", collect(&count, ids), -ENODATA);
	count = 1;
	memset(ids, 0xa5, sizeof(ids));
	answer("collect, too little room", collect(&count, ids), -ENODATA);
	check("two snapshots, still", count == 2);
	check("nothing was written", ids[0].b[0] == 0xa5 && ids[1].b[15] == 0xa5);
	count = 2;
	answer("collect, bad room", collect(&count, bad), -EFAULT);
	count = 2;
	answer("collect, room", collect(&count, ids), 0);
	check("both names", count == 2 && (!memcmp(&ids[0], &id, 16) || !memcmp(&ids[1], &id, 16)));
	count = 16;
	answer("collect, more room", collect(&count, ids), 0);
	check("the number of names", count == 2);
	count = 0xffffffffu;
	answer("collect, huge room", collect(&count, ids), 0);
	check("the number of names, again", count == 2);
	answer("collect, bad pointer", simple(IOCTL_BLKSNAP_SNAPSHOT_COLLECT, bad), -EFAULT);

	answer("take, bad pointer", simple(IOCTL_BLKSNAP_SNAPSHOT_TAKE, bad), -EFAULT);
	answer("take, no such", simple(IOCTL_BLKSNAP_SNAPSHOT_TAKE, &none), -ESRCH);
	answer("take, no device", simple(IOCTL_BLKSNAP_SNAPSHOT_TAKE, &id), -ENODEV);
	answer("destroy, bad pointer", simple(IOCTL_BLKSNAP_SNAPSHOT_DESTROY, bad), -EFAULT);
	answer("destroy, no such", simple(IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &none), -ESRCH);

	memset(&info, 0xff, sizeof(info));
	answer("info", ctl(blkfilter_ctl_blksnap_snapshotinfo, &info, sizeof(info)), 0);
	check("no image", !info.error_code && !info.image[0]);
	answer("add, no such", add(&none), -ESRCH);
	answer("add", add(&id), 0);
	answer("add, again", add(&id), -EALREADY);
	answer("add, another snapshot", add(&other), -EBUSY);
	answer("detach, in a snapshot", named(BLKFILTER_DETACH, "blksnap"), -EBUSY);

	answer("append, bad pointer", simple(IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE, bad), -EFAULT);
	answer("append, no such", append(&none, 0, 8), -ESRCH);
	answer("append, bad path", append_path(&id, bad, 10, 1, &range), -EFAULT);
	answer("append, null path", append_path(&id, NULL, 10, 1, &range), -EFAULT);
	answer("append, empty path", append_path(&id, "", 1, 1, &range), -EINVAL);
	answer("append, path of no bytes", append_path(&id, storage_path, 0, 1, &range), -EINVAL);
	answer("append, huge path", append_path(&id, storage_path, 0xffffffffu, 1, &range), -EINVAL);
	answer("append, no such path", append_path(&id, "/dev/nobody", 12, 1, &range), -ENOENT);
	answer("append, a folder", append_path(&id, "/dev", 5, 1, &range), -ENOTBLK);
	answer("append, a character device", append_path(&id, "/dev/null", 10, 1, &range), -ENOTBLK);
	answer("append, a file", append_path(&id, "/proc/self/exe", 15, 1, &range), -ENOTBLK);
	answer("append, bad ranges", append_path(&id, storage_path, strlen(storage_path) + 1, 1, bad), -EFAULT);
	answer("append, largest count", append_path(&id, storage_path, strlen(storage_path) + 1, 1 << 20, bad), -EFAULT);
	answer("append, count too large", append_path(&id, storage_path, strlen(storage_path) + 1, (1 << 20) + 1, bad), -EINVAL);
	answer("append, huge count", append_path(&id, storage_path, strlen(storage_path) + 1, 0xffffffffu, bad), -EINVAL);
	answer("append, no ranges", append_path(&id, storage_path, strlen(storage_path) + 1, 0, NULL), -EINVAL);
	answer("append, past the end", append(&id, size - 8, 16), -EINVAL);
	answer("append, behind the end", append(&id, size, 8), -EINVAL);
	answer("append, overflow", append(&id, UINT64_MAX - 7, 8), -EINVAL);
	answer("append, overflow of the sum", append(&id, 8, UINT64_MAX - 7), -EINVAL);
	answer("append, overflow in bytes", append(&id, UINT64_C(1) << 55, 8), -EINVAL);
	answer("append, nothing", append(&id, 0, 0), -EINVAL);
	answer("append, less than a block", append(&id, 0, 7), -EINVAL);
	answer("append, larger logical blocks", append_to(&id, large_path, 0, 8192), -EINVAL);
	answer("append", append(&id, 0, 8192), 0);
	answer("append, more", append(&id, 16384, 8192), 0);
	answer("append, again", append(&id, 24568, 16), -EBUSY);
	answer("append, of another snapshot", append(&other, 24568, 16), -EBUSY);

	answer("take", simple(IOCTL_BLKSNAP_SNAPSHOT_TAKE, &id), 0);
	answer("take, again", simple(IOCTL_BLKSNAP_SNAPSHOT_TAKE, &id), -EALREADY);
	answer("add, taken", add(&id), -EALREADY);
	answer("append, taken", append(&id, 32768, 8192), 0);
	answer("detach, taken", named(BLKFILTER_DETACH, "blksnap"), -EBUSY);
	memset(&info, 0xff, sizeof(info));
	answer("info, taken", ctl(blkfilter_ctl_blksnap_snapshotinfo, &info, sizeof(info)), 0);
	check("an image", !info.error_code && !strncmp((char *)info.image, BLKSNAP_IMAGE_NAME "_", 14));
	test_image((char *)info.image);

	answer("event, bad pointer", simple(IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT, bad), -EFAULT);
	answer("event, no such", wait_event(&none, 0, &event), -ESRCH);
	test_unwritable_event(&id);
	answer("event", wait_event(&id, 1000, &event), 0);
	check("low free space", event.code == blksnap_event_code_low_free_space && event.time_label > 0);
	check("zeros behind", !event.data[8] && !event.data[sizeof(event.data) - 1]);
	check("name and timeout as they were", !memcmp(&event.id, &id, 16) && event.timeout_ms == 1000);
	while (!wait_event(&id, 0, &event))
		;
	answer("event, none, only looking", wait_event(&id, 0, &event), -ENOENT);
	clock_gettime(CLOCK_MONOTONIC, &start);
	answer("event, none, time over", wait_event(&id, 300, &event), -ENOENT);
	clock_gettime(CLOCK_MONOTONIC, &end);
	check("it took that long", (end.tv_sec - start.tv_sec) * 1000 +
	      (end.tv_nsec - start.tv_nsec) / 1000000 >= 290);
	sigaction(SIGALRM, &action, NULL);
	ualarm(300000, 0);
	answer("event, a signal", wait_event(&id, 60000, &event), -EINTR);
	/* As long as can be asked for: must not wrap around. */
	ualarm(300000, 0);
	answer("event, a signal in the longest wait", wait_event(&id, 0xffffffffu, &event), -EINTR);

	answer("destroy", simple(IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &id), 0);
	answer("destroy, again", simple(IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &id), -ESRCH);
	answer("event, destroyed", wait_event(&id, 0, &event), -ESRCH);
	answer("append, destroyed", append(&id, 0, 8), -ESRCH);
	answer("take, destroyed", simple(IOCTL_BLKSNAP_SNAPSHOT_TAKE, &id), -ESRCH);
	answer("add, destroyed", add(&id), -ESRCH);
	answer("destroy, not taken", simple(IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &other), 0);
	count = 0;
	answer("collect, none left", collect(&count, NULL), 0);
}

static void overwrite(void)
{
	size_t size = 1 << 20;
	void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open(device_path, O_WRONLY | O_DIRECT);

	memset(data, 0x5a, size);
	answer("a write of the device", result(pwrite(fd, data, size, 0)), size);
	close(fd);
	munmap(data, size);
}

static void check_info(const char *what, int error, bool image)
{
	struct blksnap_snapshotinfo info;

	memset(&info, 0xff, sizeof(info));
	answer(what, ctl(blkfilter_ctl_blksnap_snapshotinfo, &info, sizeof(info)), 0);
	answer("error code", info.error_code, error);
	check("whether there is an image", !info.image[0] == !image);
}

/* The storage is one block. */
static void test_loss(const struct blksnap_uuid *taken)
{
	struct blksnap_event_corrupted corrupted;
	struct blksnap_snapshot_event event;
	struct blksnap_uuid id, none = { { 1, 2, 3 } };
	struct stat st;
	int ret;

	fstat(device, &st);
	answer("create", simple(IOCTL_BLKSNAP_SNAPSHOT_CREATE, &id), 0);
	answer("add", add(&id), 0);
	answer("append, a block", append(&id, 65536, 8), 0);
	answer("take", simple(IOCTL_BLKSNAP_SNAPSHOT_TAKE, &id), 0);
	check_info("info, sound", 0, true);
	overwrite();
	/* How often more space is asked for before is a matter of time. */
	do
		ret = wait_event(&id, 60000, &event);
	while (!ret && event.code == blksnap_event_code_low_free_space);
	answer("event", ret, 0);
	memcpy(&corrupted, event.data, sizeof(corrupted));
	check("corrupted", event.code == blksnap_event_code_corrupted);
	check("of the device", corrupted.dev_id_mj == major(st.st_rdev) &&
	      corrupted.dev_id_mn == minor(st.st_rdev));
	answer("its error", corrupted.err_code, ENOSPC);
	check_info("info, lost", -ENOSPC, true);
	answer("append, lost", append(&id, 73728, 8192), 0);
	check_info("info, still lost", -ENOSPC, true);
	answer("destroy, lost", simple(IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &id), 0);
	check_info("info, destroyed", -ENOSPC, false);
	answer("add, no such", add(&none), -ESRCH);
	answer("add, to one that was taken", add(taken), -EBUSY);
	check_info("info, after an add that failed", -ENOSPC, false);
	answer("create", simple(IOCTL_BLKSNAP_SNAPSHOT_CREATE, &id), 0);
	answer("add", add(&id), 0);
	check_info("info, in another snapshot", 0, false);
	answer("destroy", simple(IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &id), 0);
}

/* Logical blocks of 4096 bytes: ranges consist of such, and storage has none that are larger. */
static void test_large_blocks(int large)
{
	struct blksnap_uuid id;
	int small = device;

	answer("create", simple(IOCTL_BLKSNAP_SNAPSHOT_CREATE, &id), 0);
	answer("append, within a logical block", append_to(&id, large_path, 4, 8192), -EINVAL);
	answer("append, part of a logical block", append_to(&id, large_path, 0, 8188), -EINVAL);
	answer("append, large", append_to(&id, large_path, 8, 8192), 0);
	answer("add, small", add(&id), 0);
	answer("take, storage is large", simple(IOCTL_BLKSNAP_SNAPSHOT_TAKE, &id), -EINVAL);
	check_info("info, not taken", 0, false);
	answer("destroy", simple(IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &id), 0);

	device = large;
	answer("attach, large", named(BLKFILTER_ATTACH, "blksnap"), 0);
	answer("create", simple(IOCTL_BLKSNAP_SNAPSHOT_CREATE, &id), 0);
	answer("add, large", add(&id), 0);
	answer("append, small", append(&id, 32768, 8192), 0);
	answer("take, storage is small", simple(IOCTL_BLKSNAP_SNAPSHOT_TAKE, &id), 0);
	device = small;
	test_loss(&id);
	device = large;
	answer("destroy", simple(IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &id), 0);
	answer("detach, large", named(BLKFILTER_DETACH, "blksnap"), 0);
	device = small;
}

static void drop_privileges(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data)) {
		perror("capget");
		exit(1);
	}
	data[0].effective &= ~(1u << CAP_SYS_ADMIN);
	data[0].permitted &= ~(1u << CAP_SYS_ADMIN);
	if (syscall(SYS_capset, &header, data)) {
		perror("capset");
		exit(1);
	}
}

static void test_privileges(void)
{
	struct blksnap_snapshot_event event;
	struct blksnap_cbtinfo info;
	struct blksnap_uuid id = { { 0 } };
	struct blksnap_version version;
	struct blksnap_sectors range = { 0, 8 };
	uint32_t count = 0;
	int fd;

	drop_privileges();
	answer("attach, no privilege", named(BLKFILTER_ATTACH, "blksnap"), -EPERM);
	answer("detach, no privilege", named(BLKFILTER_DETACH, "blksnap"), -EPERM);
	answer("ctl, no privilege", ctl(blkfilter_ctl_blksnap_cbtinfo, &info, sizeof(info)), -EPERM);
	answer("version, no privilege", simple(IOCTL_BLKSNAP_VERSION, &version), -EPERM);
	answer("create, no privilege", simple(IOCTL_BLKSNAP_SNAPSHOT_CREATE, &id), -EPERM);
	answer("destroy, no privilege", simple(IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &id), -EPERM);
	answer("append, no privilege",
	       append_path(&id, storage_path, strlen(storage_path) + 1, 1, &range), -EPERM);
	answer("take, no privilege", simple(IOCTL_BLKSNAP_SNAPSHOT_TAKE, &id), -EPERM);
	answer("collect, no privilege", collect(&count, NULL), -EPERM);
	answer("event, no privilege", wait_event(&id, 0, &event), -EPERM);
	fd = open("/dev/" BLKSNAP_CTL, O_RDWR);
	if (fd >= 0) {
		close(control);
		control = fd;
		answer("version, no privilege, opened without",
		       simple(IOCTL_BLKSNAP_VERSION, &version), -EPERM);
	}
}

int main(int argc, char **argv)
{
	int large;

	if (argc != 4) {
		fputs("ioctls DEVICE STORAGE LARGE\n", stderr);
		return 2;
	}
	device_path = argv[1];
	storage_path = argv[2];
	large_path = argv[3];
	/* Reading is enough. */
	device = open(device_path, O_RDONLY);
	large = open(large_path, O_RDONLY);
	control = open("/dev/" BLKSNAP_CTL, O_RDWR);
	if (device < 0 || large < 0 || control < 0) {
		perror("open");
		return 1;
	}
	bad = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	test_filter_names();
	test_ctl_numbers();
	test_option_sizes();
	test_map();
	test_many_ranges();
	test_snapshot();
	test_large_blocks(large);
	answer("detach", named(BLKFILTER_DETACH, "blksnap"), 0);
	answer("detach, again", named(BLKFILTER_DETACH, "blksnap"), -ENOENT);
	test_privileges();
	printf("%d wrong answers\n", failures);
	return !!failures;
}
