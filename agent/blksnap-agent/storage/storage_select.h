/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the storage of a snapshot goes. */
#ifndef BLKSNAP_STORAGE_SELECT_H
#define BLKSNAP_STORAGE_SELECT_H

#include "device/target.h"
#include "state/record.h"
#include "string_list.h"

/*
 * Looks at what the user gave for storage: a folder on a file system whose blocks stay, or
 * a device that holds nothing; and not above a device of the snapshot. If it can be used, it is
 * added to @places. 0, or 1 after a message.
 */
int storage_select_given(const char *path, const struct targets *targets,
			 struct storage_places *places);

/* A message if it lies on a device of another snapshot than @own: two can wait for each other. */
void storage_select_warn(const struct storage_place *place, const struct blksnap_id *own);

/* Whether blocks on a device can be storage for all targets; else *reason, to be freed. */
bool storage_select_fits(dev_t storage, const struct targets *targets, char **reason);

/* Whether a file system on the device lies on a device of another snapshot than @own. */
bool storage_select_overlaps_other(dev_t storage, const struct blksnap_id *own);

/**
 * struct candidates - the folders of file systems that can take the storage, best first
 * @places: the folders
 * @refused: the others, with what is wrong with each
 */
struct candidates {
	struct storage_places places;
	struct strings refused;
};

/*
 * Finds the candidates for @bytes of storage: what root alone can change, on a disk that stays.
 * If possible off the devices of other snapshots and then off the disks of this one, and of
 * those with the most space. 0, or 1 after a message; candidates_free() follows.
 */
int candidates_find(struct candidates *candidates, const struct targets *targets,
		    const struct record *record, uint64_t bytes);

/* Adds a place to those that are refused, with a sentence; 0 or -ENOMEM. */
int candidates_refuse(struct candidates *candidates, const char *path, const char *problem);

/* A message that has all of them. */
void candidates_report(const struct candidates *candidates, uint64_t bytes);
void candidates_free(struct candidates *candidates);

#endif
