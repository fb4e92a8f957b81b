/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folders that the agent may select for storage when the user gives no place. */
#ifndef BLKSNAP_STORAGE_CANDIDATES_H
#define BLKSNAP_STORAGE_CANDIDATES_H

#include "device/device_numbers.h"
#include "device/target.h"
#include "storage/storage_plan.h"
#include "string_list.h"

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
		    const struct storage_plan *plan, const struct device_numbers *held,
		    uint64_t bytes);

/* Adds a place to those that are refused, with a sentence; 0 or -ENOMEM. */
int candidates_refuse(struct candidates *candidates, const char *path, const char *problem);

/* A message that has all of them. */
void candidates_report(const struct candidates *candidates, uint64_t bytes);
void candidates_free(struct candidates *candidates);

#endif
