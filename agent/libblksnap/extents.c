// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/fs.h>
#include <linux/magic.h>

#include "extent.h"

#ifndef F2FS_SUPER_MAGIC
#define F2FS_SUPER_MAGIC	0xf2f52010
#endif
#ifndef BCACHEFS_SUPER_MAGIC
#define BCACHEFS_SUPER_MAGIC	0xca451a4e
#endif

/* File systems whose extents are not fixed locations on one device. */
static const struct {
	uint32_t magic;
	const char *reason;
} unusable[] = {
	{ BTRFS_SUPER_MAGIC, "its file system, btrfs, moves blocks" },
	{ F2FS_SUPER_MAGIC, "its file system, f2fs, moves blocks" },
	{ NILFS_SUPER_MAGIC, "its file system, nilfs2, moves blocks" },
	{ BCACHEFS_SUPER_MAGIC, "its file system, bcachefs, moves blocks" },
};

static int check_filesystem(int fd, const char **reason)
{
	struct statfs fs;
	struct stat st;

	if (fstat(fd, &st) || fstatfs(fd, &fs))
		return -errno;
	for (size_t i = 0; i < sizeof(unusable) / sizeof(unusable[0]); i++) {
		if ((uint32_t)fs.f_type == unusable[i].magic) {
			*reason = unusable[i].reason;
			return -EOPNOTSUPP;
		}
	}
	if (!major(st.st_dev)) {
		*reason = "its file system is not on a block device";
		return -EOPNOTSUPP;
	}
	return 0;
}

/* XFS may store the data of a file on its realtime device, which stat() does not show. */
static int check_not_realtime(int fd, const char **reason)
{
	struct fsxattr attributes;

	if (ioctl(fd, FS_IOC_FSGETXATTR, &attributes))
		return 0;
	if (!(attributes.fsx_xflags & FS_XFLAG_REALTIME))
		return 0;
	*reason = "it is on the realtime device of its file system";
	return -EOPNOTSUPP;
}

static int check(int fd, const struct stat *st, const char **reason)
{
	int ret;

	if (!S_ISREG(st->st_mode)) {
		*reason = "it is not a regular file";
		return -EINVAL;
	}
	ret = check_filesystem(fd, reason);
	return ret ? ret : check_not_realtime(fd, reason);
}

/*
 * Not every file system reports compression and encryption with the extents. The kernel stores old
 * data in the blocks of the file as it is, also if the file is to be encrypted.
 */
static int check_plain(int fd, const char **reason)
{
	struct statx attributes;

	if (statx(fd, "", AT_EMPTY_PATH, 0, &attributes))
		return -errno;
	if (!(attributes.stx_attributes & (STATX_ATTR_COMPRESSED | STATX_ATTR_ENCRYPTED)))
		return 0;
	*reason = "it is compressed or encrypted by its file system";
	return -EINVAL;
}

/*
 * Space that is allocated beyond the end of a file may be freed at any time, and a range that ends
 * within a block does not fit a device with blocks of that size.
 */
static int storage_size(int fd, const struct stat *st, uint64_t *size, const char **reason)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return -errno;
	*size = st->st_size - st->st_size % (fs.f_bsize > 0 ? fs.f_bsize : 1);
	if (*size)
		return 0;
	*reason = "it does not have a whole block";
	return -EINVAL;
}

/* The file is written out first, so that no delayed write to its blocks follows later. */
static int locate(int fd, const struct stat *st, struct extent_walk *walk)
{
	int ret;

	if (fsync(fd))
		return -errno;
	walk->end = FIEMAP_MAX_OFFSET;
	if (walk->use == BLKSNAP_EXTENTS_STORAGE) {
		ret = check_plain(fd, &walk->reason);
		if (!ret)
			ret = storage_size(fd, st, &walk->end, &walk->reason);
		if (ret)
			return ret;
	}
	ret = extent_walk(walk, fd);
	if (ret == -EOPNOTSUPP)
		walk->reason = "its file system does not tell places on the device";
	return ret;
}

/**
 * struct blksnap_extents - see the public header
 * @device: of the file system
 * @ranges: in the order of the file
 */
struct blksnap_extents {
	dev_t device;
	struct ranges ranges;
};

static int fill(struct blksnap_extents *extents, int fd, enum blksnap_extents_use use,
		const char **reason)
{
	struct extent_walk walk = { .use = use, .ranges = &extents->ranges };
	struct stat st;
	int ret;

	if (fstat(fd, &st))
		return -errno;
	extents->device = st.st_dev;
	ret = check(fd, &st, &walk.reason);
	if (!ret)
		ret = locate(fd, &st, &walk);
	*reason = walk.reason;
	return ret;
}

int blksnap_extents_open(int fd, enum blksnap_extents_use use, struct blksnap_extents **result,
			 const char **reason)
{
	struct blksnap_extents *extents = calloc(1, sizeof(*extents));
	const char *why = NULL;
	int ret = extents ? fill(extents, fd, use, &why) : -ENOMEM;

	if (reason)
		*reason = why;
	if (ret)
		blksnap_extents_close(extents);
	else
		*result = extents;
	return ret;
}

void blksnap_extents_device(const struct blksnap_extents *extents, uint32_t *major_number,
			    uint32_t *minor_number)
{
	*major_number = major(extents->device);
	*minor_number = minor(extents->device);
}

const struct blksnap_range *blksnap_extents_ranges(const struct blksnap_extents *extents,
						   size_t *count)
{
	*count = extents->ranges.count;
	return extents->ranges.items;
}

void blksnap_extents_close(struct blksnap_extents *extents)
{
	if (extents)
		ranges_free(&extents->ranges);
	free(extents);
}

int blksnap_extents_check(int fd, const char **reason)
{
	const char *why = NULL;
	int ret = check_filesystem(fd, &why);

	if (reason)
		*reason = why;
	return ret;
}
