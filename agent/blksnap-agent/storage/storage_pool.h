/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All storage of one snapshot: grown, kept open, removed.
 *
 * To make a file takes as long as its file system is busy. So the next one is made in
 * advance: a spare, which only has to be given to the snapshot when it asks for more.
 */
#ifndef BLKSNAP_STORAGE_POOL_H
#define BLKSNAP_STORAGE_POOL_H

#include "storage/storage_file.h"
#include "storage/storage_plan.h"

/**
 * struct storage_pool_place - an open place of the plan
 * @fd: of the subfolder, or of the device, opened for nobody else; or a negative errno
 * @bytes: of a device that are used
 */
struct storage_pool_place {
	int fd;
	uint64_t bytes;
};

/**
 * struct storage_pool - the storage
 * @id: of the snapshot
 * @plan: of the snapshot
 * @files: that it has
 * @count: number of @files
 * @used: bytes of storage in files and devices, with the spare
 * @spare: places of the last one of @files, if the snapshot does not have it yet
 * @place: where that is, of the plan's places
 * @first: the same; what is before this one is of no use to the snapshot
 * @places: one for each place of the plan
 * @problem: why a file could not be made; said once
 * @failed: in the last try something else was wrong than want of room
 * @full: there was no room for one; said once
 */
struct storage_pool {
	const struct blksnap_id *id;
	const struct storage_plan *plan;
	struct storage_file *files;
	size_t count;
	uint64_t used;
	struct blksnap_extents *spare;
	size_t place;
	size_t first;
	struct storage_pool_place *places;
	int problem;
	bool failed;
	bool full;
};

/*
 * Opens what the snapshot has by now. A place that cannot be opened is told of and not used. 0,
 * or 1 after a message; storage_pool_close() follows.
 */
int storage_pool_open(struct storage_pool *pool, const struct blksnap_id *id,
		      const struct storage_plan *plan);

/* Gives the devices that are storage as a whole to the snapshot. 0, or 1 after a message. */
int storage_pool_append_devices(struct storage_pool *pool, int control);

/*
 * After storage_pool_open(): gives the spare to the snapshot that another process had made.
 * Returns the bytes that were added, also 0.
 */
uint64_t storage_pool_resume(struct storage_pool *pool, int control);

/* Makes a spare of @bytes, or of what the limit and the free space leave, if there is none. */
void storage_pool_prepare(struct storage_pool *pool, uint64_t bytes);

/*
 * Gives the spare to the snapshot, or a file that is made as that would be. Returns the
 * bytes that were added, 0 after a message if there were none.
 */
uint64_t storage_pool_grow(struct storage_pool *pool, int control, uint64_t bytes);

void storage_pool_close(struct storage_pool *pool);

/* Instead of storage_pool_open(), for storage_pool_remove() only. The same results. */
int storage_pool_prepare_removal(struct storage_pool *pool, const struct blksnap_id *id,
				 const struct storage_plan *plan);

/*
 * Removes all files of a snapshot that is gone, wherever their folders are by now. 0, or 1 after
 * a message.
 */
int storage_pool_remove(struct storage_pool *pool);

/* Bytes that a folder can take before its reserve is touched; 0 also if it cannot be told. */
uint64_t storage_pool_room(int folder, const struct storage_plan *plan);

#endif
