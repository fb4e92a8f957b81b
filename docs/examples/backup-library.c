// SPDX-License-Identifier: MIT
/*
 * backup-library DEVICE STORAGE COPY STATE: an incremental backup with libblksnap.
 *
 * DEVICE is copied to the file COPY: all of it the first time, what changed the next times.
 * STORAGE is a file, all of it allocated (fallocate), on another disk. STATE is a file in
 * which the generation and the number of the last backup are kept.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#define PIECE	(1 << 20)

static int fail(enum blksnap_operation operation, int error, const char *what)
{
	fprintf(stderr, "%s: %s\n", what, blksnap_strerror(operation, error));
	return error;
}

/* The storage is the blocks of the file; it must not be changed until the end. */
static int append_file(int control, const struct blksnap_id *id, const char *path)
{
	struct blksnap_extents *extents;
	const struct blksnap_range *ranges;
	const char *reason = NULL;
	uint32_t major, minor;
	char device[4096];
	size_t count;
	int ret, fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return fail(BLKSNAP_EXTENTS, -errno, path);
	ret = blksnap_extents_open(fd, BLKSNAP_EXTENTS_STORAGE, &extents, &reason);
	close(fd);
	if (ret)
		return fail(BLKSNAP_EXTENTS, ret, reason ? reason : path);
	ranges = blksnap_extents_ranges(extents, &count);
	blksnap_extents_device(extents, &major, &minor);
	ret = blksnap_device_path(major, minor, device, sizeof(device));
	if (!ret)
		ret = blksnap_snapshot_append(control, id, device, ranges, count);
	blksnap_extents_close(extents);
	return ret ? fail(BLKSNAP_SNAPSHOT_APPEND, ret, path) : 0;
}

/* Attached once, and left so: changes are tracked between the backups. */
static int take(int control, int device, const struct blksnap_id *id, const char *storage)
{
	int ret = blksnap_attach(device);

	if (ret && ret != -EALREADY)
		return fail(BLKSNAP_ATTACH, ret, "attach");
	ret = blksnap_snapshot_add(device, id);
	if (ret)
		return fail(BLKSNAP_SNAPSHOT_ADD, ret, "add");
	ret = append_file(control, id, storage);
	if (ret)
		return ret;
	ret = blksnap_snapshot_take(control, id);
	return ret ? fail(BLKSNAP_SNAPSHOT_TAKE, ret, "take") : 0;
}

static int copy_range(int from, int to, uint64_t offset, uint64_t length)
{
	static char buffer[PIECE];

	while (length) {
		size_t part = length < PIECE ? length : PIECE;
		ssize_t got = pread(from, buffer, part, offset);

		/* An image that was lost reads as EIO. */
		if (got <= 0 || pwrite(to, buffer, got, offset) != got)
			return errno ? -errno : -EIO;
		offset += got;
		length -= got;
	}
	return 0;
}

/* Without a state, or with that of another generation, everything. */
static int copy_changes(int device, int from, int to, FILE *state)
{
	struct blksnap_changes *changes;
	struct blksnap_range range;
	struct blksnap_id generation;
	char text[BLKSNAP_ID_TEXT] = "";
	unsigned int number = 0;
	int ret = -ESTALE;

	if (state && fscanf(state, "%36s %u", text, &number) == 2 &&
	    !blksnap_id_parse(text, &generation))
		ret = blksnap_changes_open(device, &generation, number, &changes);
	if (ret == -ESTALE)
		return copy_range(from, to, 0, lseek(from, 0, SEEK_END));
	if (ret)
		return fail(BLKSNAP_CHANGES, ret, "changes");
	while ((ret = blksnap_changes_next(changes, &range)) > 0)
		if ((ret = copy_range(from, to, range.sector * 512, range.count * 512)))
			break;
	blksnap_changes_close(changes);
	return ret;
}

/* Kept only when the copy is on the disk: a backup that failed is done again. */
static int keep_state(int device, int to, const char *path)
{
	struct blksnap_tracker_info info;
	char text[BLKSNAP_ID_TEXT];
	int ret = fsync(to) ? -errno : blksnap_tracker_info(device, &info);
	FILE *state = ret ? NULL : fopen(path, "w");

	if (ret || !state)
		return ret ? ret : -errno;
	fprintf(state, "%s %u\n", blksnap_id_format(&info.generation, text), info.number);
	return fclose(state) ? -errno : 0;
}

static int copy(int device, const char *copy_path, const char *state_path)
{
	FILE *state = fopen(state_path, "r");
	struct blksnap_image_info image;
	char path[64];
	int from, to, ret = blksnap_image_info(device, &image);

	if (ret)
		return fail(BLKSNAP_IMAGE_INFO, ret, "image");
	snprintf(path, sizeof(path), "/dev/%s", image.name);
	from = open(path, O_RDONLY | O_CLOEXEC);
	to = open(copy_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ret = from < 0 || to < 0 ? -errno : copy_changes(device, from, to, state);
	if (!ret)
		ret = keep_state(device, to, state_path);
	if (ret)
		fprintf(stderr, "copying: %s\n", strerror(-ret));
	if (from >= 0)
		close(from);
	if (to >= 0)
		close(to);
	if (state)
		fclose(state);
	return ret;
}

int main(int argc, char **argv)
{
	struct blksnap_id id;
	int control, device, ret;

	if (argc != 5) {
		fprintf(stderr, "usage: %s DEVICE STORAGE COPY STATE\n", argv[0]);
		return 2;
	}
	control = blksnap_control_open();
	if (control < 0)
		return fail(BLKSNAP_CONTROL_OPEN, control, "module"), 1;
	device = blksnap_device_open(argv[1]);
	if (device < 0)
		return fail(BLKSNAP_DEVICE_OPEN, device, argv[1]), 1;
	ret = blksnap_snapshot_create(control, &id);
	if (ret)
		return fail(BLKSNAP_SNAPSHOT_CREATE, ret, "create"), 1;
	ret = take(control, device, &id, argv[2]);
	if (!ret)
		ret = copy(device, argv[3], argv[4]);
	/* In any case. When it has returned, the storage may be removed. */
	blksnap_snapshot_destroy(control, &id);
	return ret ? 1 : 0;
}
