// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "map_walk.h"

/**
 * struct blksnap_changes - see the public header
 * @device: descriptor of the device, owned by the caller
 * @walk: over its map
 */
struct blksnap_changes {
	int device;
	struct map_walk walk;
};

static int read_device(void *source, uint32_t first, uint8_t *map, uint32_t length)
{
	const struct blksnap_changes *changes = source;

	return blksnap_map_read(changes->device, first, map, length);
}

static bool same_id(const struct blksnap_id *one, const struct blksnap_id *other)
{
	return !memcmp(one, other, sizeof(*one));
}

/* Before the first snapshot of a generation there are no valid numbers. */
static int check(const struct blksnap_tracker_info *info, const struct blksnap_id *generation,
		 unsigned int since)
{
	if (generation && !same_id(generation, &info->generation))
		return -ESTALE;
	return since > info->number ? -EINVAL : 0;
}

int blksnap_changes_open(int device, const struct blksnap_id *generation, unsigned int since,
			 struct blksnap_changes **result)
{
	struct blksnap_changes *changes = calloc(1, sizeof(*changes));
	int ret;

	if (!changes)
		return -ENOMEM;
	changes->device = device;
	changes->walk.read = read_device;
	changes->walk.source = changes;
	changes->walk.since = since;
	ret = blksnap_tracker_info(device, &changes->walk.info);
	if (!ret)
		ret = check(&changes->walk.info, generation, since);
	if (ret)
		free(changes);
	else
		*result = changes;
	return ret;
}

const struct blksnap_tracker_info *blksnap_changes_info(const struct blksnap_changes *changes)
{
	return &changes->walk.info;
}

/* The pieces are of one map only if no snapshot was taken in between. */
static int check_same(const struct blksnap_changes *changes)
{
	const struct blksnap_tracker_info *before = &changes->walk.info;
	struct blksnap_tracker_info now;
	int ret = blksnap_tracker_info(changes->device, &now);

	if (ret)
		return ret;
	if (now.number != before->number || !same_id(&now.generation, &before->generation))
		return -EAGAIN;
	return 0;
}

int blksnap_changes_next(struct blksnap_changes *changes, struct blksnap_range *range)
{
	int ret = map_walk_next(&changes->walk, range);

	return ret ? ret : check_same(changes);
}

void blksnap_changes_rewind(struct blksnap_changes *changes)
{
	changes->walk.next = 0;
	changes->walk.first = 0;
	changes->walk.filled = 0;
}

void blksnap_changes_close(struct blksnap_changes *changes)
{
	free(changes);
}
