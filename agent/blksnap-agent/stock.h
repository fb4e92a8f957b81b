/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All storage of one snapshot: grown, kept open, removed.
 *
 * To make a file takes as long as its file system is busy. So the next one is made in
 * advance: a spare, which only has to be given to the snapshot when it asks for more.
 */
#ifndef BLKSNAP_STOCK_H
#define BLKSNAP_STOCK_H

#include "record.h"
#include "storage_file.h"

/**
 * struct stock - the storage
 * @record: of the snapshot
 * @files: that it has
 * @count: number of @files
 * @used: bytes of storage in files and devices, with the spare
 * @spare: places of the last one of @files, if the snapshot does not have it yet
 * @place: where that is, of the record's storage
 * @first: the same; what is before this one is of no use to the snapshot
 * @devices: descriptors of devices that are storage as a whole, opened for nobody else
 * @device_count: number of @devices
 * @problem: why a file could not be made; said once
 * @full: nor was there room for one; said once
 */
struct stock {
	const struct record *record;
	struct storage_file *files;
	size_t count;
	uint64_t used;
	struct blksnap_extents *spare;
	size_t place;
	size_t first;
	int *devices;
	size_t device_count;
	int problem;
	bool full;
};

/* Opens what the snapshot has by now. 0, or 1 after a message; stock_close() follows. */
int stock_open(struct stock *stock, const struct record *record);

/* Gives the devices that are storage as a whole to the snapshot. 0, or 1 after a message. */
int stock_append_devices(struct stock *stock, int control);

/*
 * After stock_open(): gives the spare to the snapshot that another process had made.
 * Returns the bytes that were added, also 0.
 */
uint64_t stock_resume(struct stock *stock, int control);

/* Makes a spare of @bytes, or of what the limit and the free space leave, if there is none. */
void stock_prepare(struct stock *stock, uint64_t bytes);

/*
 * Gives the spare to the snapshot, or a file that is made as that would be. Returns the
 * bytes that were added, 0 after a message if there were none.
 */
uint64_t stock_grow(struct stock *stock, int control, uint64_t bytes);

void stock_close(struct stock *stock);

/* Removes all files of a snapshot that is gone. 0, or 1 after a message. */
int stock_remove(const struct record *record);

/* Bytes that a folder can take before its reserve is touched; 0 also if it cannot be told. */
uint64_t stock_free_bytes(const char *folder, const struct record *record);

#endif
