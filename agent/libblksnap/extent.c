// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include <linux/fs.h>

#include "extent.h"

#define EXTENTS_AT_ONCE		512

/* UNWRITTEN is set after fallocate(): the location is final, only the content is missing. */
#define HARMLESS_FLAGS	\
	(FIEMAP_EXTENT_LAST | FIEMAP_EXTENT_UNWRITTEN | FIEMAP_EXTENT_MERGED)

static const struct {
	uint32_t flag;
	const char *reason;
} refusals[] = {
	{ FIEMAP_EXTENT_DELALLOC, "it has data that is not allocated yet" },
	{ FIEMAP_EXTENT_UNKNOWN, "it has data at a place that is not known" },
	{ FIEMAP_EXTENT_DATA_INLINE, "it has data inside the file system's own blocks" },
	{ FIEMAP_EXTENT_DATA_TAIL, "it has a block together with other files" },
	{ FIEMAP_EXTENT_NOT_ALIGNED, "it has data that is not aligned to blocks" },
	{ FIEMAP_EXTENT_DATA_ENCRYPTED, "it is encrypted by its file system" },
	{ FIEMAP_EXTENT_ENCODED, "it is compressed or encoded by its file system" },
	{ FIEMAP_EXTENT_SHARED, "it shares blocks with other files" },
};

static const char *refusal(enum blksnap_extents_use use, uint32_t flags)
{
	flags &= ~HARMLESS_FLAGS;
	if (use == BLKSNAP_EXTENTS_DIRTY)
		flags &= ~FIEMAP_EXTENT_SHARED;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (flags & refusals[i].flag)
			return refusals[i].reason;
	return flags ? "it has extents of an unknown kind" : NULL;
}

static int refuse(struct extent_walk *walk, const char *reason)
{
	walk->reason = reason;
	return -EINVAL;
}

/* Append bytes of the device that belong to the file. */
static int add_bytes(struct extent_walk *walk, uint64_t start, uint64_t length)
{
	int ret;

	if ((start | length) % SECTOR_SIZE)
		return refuse(walk, "it has data that is not aligned to sectors");
	ret = ranges_merge(walk->ranges, start >> SECTOR_SHIFT, length >> SECTOR_SHIFT);
	if (ret == -ENOMEM)
		return ret;
	return ret ? refuse(walk, "it has extents that make no sense") : 0;
}

/*
 * File systems may return the whole extent around the requested range, so it is cut at both ends.
 */
int extent_add(struct extent_walk *walk, const struct fiemap_extent *extent)
{
	uint64_t start = extent->fe_logical;
	uint64_t end = start + extent->fe_length;
	uint64_t skipped = start < walk->position ? walk->position - start : 0;
	const char *reason;
	int ret;

	if (end < start || extent->fe_physical > UINT64_MAX - extent->fe_length)
		return refuse(walk, "it has extents that make no sense");
	if (start >= walk->end || end <= walk->position)
		return 0;
	reason = refusal(walk->use, extent->fe_flags);
	if (reason)
		return refuse(walk, reason);
	if (walk->use == BLKSNAP_EXTENTS_STORAGE && start > walk->position)
		return refuse(walk, "it has holes");
	if (end > walk->end)
		end = walk->end;
	ret = add_bytes(walk, extent->fe_physical + skipped, end - start - skipped);
	if (!ret)
		walk->position = end;
	return ret;
}

int extent_finish(struct extent_walk *walk)
{
	if (walk->use == BLKSNAP_EXTENTS_STORAGE && walk->position < walk->end)
		return refuse(walk, "it has holes");
	return 0;
}

/* *more tells whether further extents follow. */
static int add_some(struct extent_walk *walk, int fd, struct fiemap *map, bool *more)
{
	uint64_t position = walk->position;
	bool last = false;

	map->fm_start = position;
	map->fm_length = walk->end - position;
	map->fm_flags = FIEMAP_FLAG_SYNC;
	map->fm_extent_count = EXTENTS_AT_ONCE;
	map->fm_mapped_extents = 0;
	if (ioctl(fd, FS_IOC_FIEMAP, map))
		return -errno;
	for (uint32_t i = 0; i < map->fm_mapped_extents; i++) {
		int ret = extent_add(walk, &map->fm_extents[i]);

		if (ret)
			return ret;
		last |= map->fm_extents[i].fe_flags & FIEMAP_EXTENT_LAST;
	}
	*more = !last && walk->position > position && walk->position < walk->end;
	return 0;
}

int extent_walk(struct extent_walk *walk, int fd)
{
	struct fiemap *map;
	bool more = true;
	int ret = 0;

	map = calloc(1, sizeof(*map) + EXTENTS_AT_ONCE * sizeof(map->fm_extents[0]));
	if (!map)
		return -ENOMEM;
	while (!ret && more)
		ret = add_some(walk, fd, map, &more);
	free(map);
	return ret ? ret : extent_finish(walk);
}
