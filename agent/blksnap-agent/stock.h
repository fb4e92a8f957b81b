/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All storage of one snapshot: grown, kept open, removed. */
#ifndef BLKSNAP_STOCK_H
#define BLKSNAP_STOCK_H

#include "record.h"
#include "storage_file.h"

/**
 * struct stock - the storage
 * @record: of the snapshot
 * @files: that it has
 * @count: number of @files
 * @used: bytes of storage in files and devices
 * @devices: descriptors of devices that are storage as a whole, opened for nobody else
 * @device_count: number of @devices
 * @problem: what was said last about storage that cannot grow, so that it is said once
 */
struct stock {
	const struct record *record;
	struct storage_file *files;
	size_t count;
	uint64_t used;
	int *devices;
	size_t device_count;
	int problem;
};

/* Opens what the snapshot has by now. 0, or 1 after a message; stock_close() follows. */
int stock_open(struct stock *stock, const struct record *record);

/* Gives the devices that are storage as a whole to the snapshot. 0, or 1 after a message. */
int stock_append_devices(struct stock *stock, int control);

/*
 * Makes a file of @bytes, or of what the limit and the free space leave, and gives it to the
 * snapshot. Returns the bytes that were added, 0 after a message if there were none.
 */
uint64_t stock_grow(struct stock *stock, int control, uint64_t bytes);

void stock_close(struct stock *stock);

/* Removes all files of a snapshot that is gone. 0, or 1 after a message. */
int stock_remove(const struct record *record);

/* Bytes that a folder can take before its reserve is touched; 0 also if it cannot be told. */
uint64_t stock_free_bytes(const char *folder, const struct record *record);

#endif
