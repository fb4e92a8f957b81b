// SPDX-License-Identifier: MIT
/*
 * backup-ioctl DEVICE STORAGE COPY STATE: an incremental backup with ioctls alone.
 *
 * DEVICE is copied to the file COPY: all of it the first time, what changed the next times.
 * STORAGE is a block device for old data, with nothing on it. STATE is a file in which the
 * generation and the number of the last backup are kept.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/blk-filter.h>
#include <linux/blksnap.h>
#include <linux/fs.h>

static int fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	return -1;
}

/* A command for one device; negative if it failed, and errno says why. */
static int command(int device, unsigned int number, void *argument, uint32_t size)
{
	struct blkfilter_ctl ctl = {
		.name = "blksnap",
		.cmd = number,
		.optlen = size,
		.opt = (uintptr_t)argument,
	};

	return ioctl(device, BLKFILTER_CTL, &ctl);
}

/* Attached once, and left so: changes are tracked between the backups. */
static int add(int device, const struct blksnap_uuid *id)
{
	struct blkfilter_name name = { .name = "blksnap" };
	struct blksnap_snapshotadd member = { .id = *id };

	if (ioctl(device, BLKFILTER_ATTACH, &name) && errno != EALREADY)
		return fail("attach");
	if (command(device, blkfilter_ctl_blksnap_snapshotadd, &member, sizeof(member)))
		return fail("add");
	return 0;
}

static int append(int control, const struct blksnap_uuid *id, const char *path)
{
	struct blksnap_sectors all = {};
	struct blksnap_snapshot_append_storage storage = {
		.id = *id,
		.bdev_path = (__u8 *)path,
		.bdev_path_size = strlen(path) + 1,
		.count = 1,
		.ranges = &all,
	};
	uint64_t bytes = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &bytes))
		return fail(path);
	close(fd);
	all.count = bytes / 512;
	if (ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE, &storage))
		return fail("append");
	return 0;
}

static int copy_blocks(int from, int to, uint64_t offset, uint64_t length)
{
	static char buffer[1 << 20];

	while (length) {
		size_t part = length < sizeof(buffer) ? length : sizeof(buffer);
		ssize_t got = pread(from, buffer, part, offset);

		/* An image that was lost reads as EIO. */
		if (got <= 0 || pwrite(to, buffer, got, offset) != got)
			return fail("copying");
		offset += got;
		length -= got;
	}
	return 0;
}

/* The whole map, a byte for each block. It is of one snapshot since no other is taken. */
static uint8_t *read_map(int device, const struct blksnap_cbtinfo *info)
{
	uint8_t *map = malloc(info->block_count);
	uint32_t done = 0;

	while (map && done < info->block_count) {
		struct blksnap_cbtmap piece = {
			.offset = done,
			.length = info->block_count - done,
			.buffer = map + done,
		};
		int got = command(device, blkfilter_ctl_blksnap_cbtmap, &piece, sizeof(piece));

		if (got <= 0) {
			fail("map");
			free(map);
			return NULL;
		}
		done += got;
	}
	return map;
}

static int copy_changes(int device, int from, int to, const struct blksnap_cbtinfo *info,
			unsigned int since)
{
	uint8_t *map = read_map(device, info);
	int ret = map ? 0 : -1;

	for (uint32_t i = 0; !ret && i < info->block_count; i++) {
		uint64_t offset = (uint64_t)i * info->block_size;
		uint64_t length = info->device_capacity - offset;

		if (length > info->block_size)
			length = info->block_size;
		if (map[i] > since)
			ret = copy_blocks(from, to, offset, length);
	}
	free(map);
	return ret;
}

/**
 * struct state - of the last backup; written as it is
 */
struct state {
	struct blksnap_uuid generation;
	uint8_t number;
};

static int copy(int device, int to, const char *state_path)
{
	struct blksnap_snapshotinfo image = {};
	struct blksnap_cbtinfo info = {};
	struct state state = {};
	char path[64];
	int from, ret, file = open(state_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (command(device, blkfilter_ctl_blksnap_snapshotinfo, &image, sizeof(image)) ||
	    command(device, blkfilter_ctl_blksnap_cbtinfo, &info, sizeof(info)))
		return fail("info");
	snprintf(path, sizeof(path), "/dev/%.32s", (char *)image.image);
	from = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 || from < 0)
		return fail("open");
	if (pread(file, &state, sizeof(state), 0) == sizeof(state) &&
	    !memcmp(&state.generation, &info.generation_id, sizeof(state.generation)))
		ret = copy_changes(device, from, to, &info, state.number);
	else
		ret = copy_blocks(from, to, 0, info.device_capacity);
	if (ret || fsync(to))
		return -1;
	/* Kept only when the copy is on the disk: a backup that failed is done again. */
	state.generation = info.generation_id;
	state.number = info.changes_number;
	return pwrite(file, &state, sizeof(state), 0) == sizeof(state) ? 0 : fail("state");
}

static int backup(int control, char **argv, const struct blksnap_uuid *id)
{
	struct blksnap_uuid name = *id;
	int device = open(argv[1], O_RDONLY | O_CLOEXEC);
	int to = open(argv[3], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (device < 0 || to < 0)
		return fail("open");
	if (add(device, id) || append(control, id, argv[2]))
		return -1;
	if (ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_TAKE, &name))
		return fail("take");
	return copy(device, to, argv[4]);
}

int main(int argc, char **argv)
{
	int ret, control = open("/dev/" BLKSNAP_CTL, O_RDONLY | O_CLOEXEC);
	struct blksnap_uuid id;

	if (argc != 5) {
		fprintf(stderr, "usage: %s DEVICE STORAGE COPY STATE\n", argv[0]);
		return 2;
	}
	if (control < 0 || ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_CREATE, &id))
		return fail("create"), 1;
	ret = backup(control, argv, &id);
	/* In any case. When it has returned, the storage may be used for something else. */
	ioctl(control, IOCTL_BLKSNAP_SNAPSHOT_DESTROY, &id);
	return ret ? 1 : 0;
}
