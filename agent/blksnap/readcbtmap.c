// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <blksnap/blksnap.h>

#include "access.h"
#include "command.h"
#include "report.h"

/* The size of a piece is the return value of an ioctl, so it must fit an int. */
#define PIECE	(1U << 20)

/* Returns 0 or a negative errno; -EIO for a map that ends early. */
static int read_pieces(int device, uint8_t *map, uint32_t size)
{
	uint32_t done = 0;

	while (done < size) {
		uint32_t piece = size - done < PIECE ? size - done : PIECE;
		int ret = blksnap_map_read(device, done, map + done, piece);

		if (ret < 0)
			return ret;
		if (!ret || (uint32_t)ret > piece)
			return -EIO;
		done += ret;
	}
	return 0;
}

/* The pieces are of one map only if no snapshot was taken in between. */
static int check_same(int device, const struct blksnap_tracker_info *before)
{
	struct blksnap_tracker_info after;
	int ret = blksnap_tracker_info(device, &after);

	if (ret)
		return ret;
	if (after.number != before->number ||
	    memcmp(&after.generation, &before->generation, sizeof(after.generation)))
		return -EAGAIN;
	return 0;
}

static int read_map(int device, uint8_t **map, uint32_t *size)
{
	struct blksnap_tracker_info info;
	int ret = blksnap_tracker_info(device, &info);

	if (ret)
		return ret;
	*size = info.block_count;
	*map = malloc(*size ? *size : 1);
	if (!*map)
		return -ENOMEM;
	ret = read_pieces(device, *map, *size);
	return ret ? ret : check_same(device, &info);
}

static int write_all(int fd, const uint8_t *data, size_t size)
{
	while (size) {
		ssize_t written = write(fd, data, size);

		if (written < 0 && errno != EINTR)
			return -errno;
		if (written > 0) {
			data += written;
			size -= written;
		}
	}
	return 0;
}

static int write_file(const char *path, const uint8_t *data, size_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write_all(fd, data, size);
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

/* The file is opened only when the whole map was read. */
static int run(const struct options *options)
{
	int device = access_device(options->device);
	uint8_t *map = NULL;
	uint32_t size;
	int ret;

	if (device < 0)
		return 1;
	ret = read_map(device, &map, &size);
	close(device);
	if (ret) {
		report_error(ret, "cannot read the change map of device %s%s", options->device,
			     access_hint(ret));
	} else {
		ret = write_file(options->file, map, size);
		if (ret)
			report_error(ret, "cannot write the change map of device %s to file %s",
				     options->device, options->file);
	}
	free(map);
	return ret ? 1 : 0;
}

const struct command command_readcbtmap = {
	.name = "readcbtmap",
	.usage = "-d DEV -f FILE",
	.summary = "Write the change map of a device to a file",
	.help = "One byte for each block, see cbtinfo. A block that changed after snapshot\n"
		"number N was taken has a value greater than N.",
	.takes = OPTION_DEVICE | OPTION_FILE,
	.needs = OPTION_DEVICE | OPTION_FILE,
	.run = run,
};
