/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The storage of one snapshot: grown while the snapshot exists, removed afterwards.
 *
 * Creating a file takes long on a busy file system. So the next file, the spare, is created in
 * advance, and only has to be appended when the snapshot asks for more.
 */
#ifndef BLKSNAP_STORAGE_POOL_H
#define BLKSNAP_STORAGE_POOL_H

#include "storage/storage_file.h"
#include "storage/storage_plan.h"

/*
 * What is not used at each end of a device. The stored blocks are data of other devices. Written to
 * the first or last MiB of this device, such a block may look like a superblock, and the device
 * would be refused as non-empty the next time.
 */
#define STORAGE_DEVICE_EDGE	(UINT64_C(1) << 20)

/**
 * struct storage_pool_place - an open place of the plan
 * @fd: of the subfolder, or of the device, which is open exclusively; or a negative errno
 * @bytes: size of the used part of a device
 */
struct storage_pool_place {
	int fd;
	uint64_t bytes;
};

/**
 * struct storage_pool - the storage of a snapshot
 * @id: of the snapshot
 * @plan: of the snapshot
 * @files: storage files, including the spare
 * @count: number of @files
 * @allocated: bytes in files and devices, including the spare
 * @appended: bytes that were appended since storage_pool_open() and that the module can use
 * @spare: extents of the last of @files, if it is not appended yet
 * @place: index of the place of the spare in the plan
 * @first: index of the first place that may get further files; the kernel refused the earlier ones
 * @places: one for each place of the plan
 * @problem: errno of the last failure to create or append a file, which is reported once
 * @failed: the last attempt failed for another reason than lack of space
 * @full: lack of space was reported
 */
struct storage_pool {
	const struct blksnap_id *id;
	const struct storage_plan *plan;
	struct storage_file *files;
	size_t count;
	uint64_t allocated;
	uint64_t appended;
	struct blksnap_extents *spare;
	size_t place;
	size_t first;
	struct storage_pool_place *places;
	int problem;
	bool failed;
	bool full;
};

/*
 * Open the places of the plan, and the files that exist. Places that cannot be opened are reported
 * and skipped. Returns 0, or 1 after a message; storage_pool_close() follows in both cases.
 */
int storage_pool_open(struct storage_pool *pool, const struct blksnap_id *id,
		      const struct storage_plan *plan);

/* Append the whole devices of the plan to the snapshot. Returns 0, or 1 after a message. */
int storage_pool_append_devices(struct storage_pool *pool, int control);

/*
 * After storage_pool_open() in a restarted monitor: append the spare of its predecessor. Returns
 * the number of bytes appended.
 */
uint64_t storage_pool_resume(struct storage_pool *pool, int control);

/* Create a spare of @bytes, or of what the limit and the free space allow, if there is none. */
void storage_pool_prepare(struct storage_pool *pool, uint64_t bytes);

/*
 * Append the spare, or a new file of @bytes. Returns the number of bytes appended; 0 after a
 * message.
 */
uint64_t storage_pool_grow(struct storage_pool *pool, int control, uint64_t bytes);

void storage_pool_close(struct storage_pool *pool);

/* Prepare for storage_pool_remove() only, instead of storage_pool_open(). Same return value. */
int storage_pool_prepare_removal(struct storage_pool *pool, const struct blksnap_id *id,
				 const struct storage_plan *plan);

/*
 * Remove the files of a snapshot that is gone, even if their folders were moved. Returns 0, or 1
 * after a message.
 */
int storage_pool_remove(struct storage_pool *pool);

/*
 * Returns the bytes that can be stored on the file system of a folder without touching the reserve;
 * also 0 if that cannot be determined.
 */
uint64_t storage_pool_room(int folder, const struct storage_plan *plan);

#endif
