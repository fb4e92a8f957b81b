/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folders that the agent may select for storage when the user gives no place. */
#ifndef BLKSNAP_STORAGE_CANDIDATES_H
#define BLKSNAP_STORAGE_CANDIDATES_H

#include "device/device_numbers.h"
#include "device/target.h"
#include "storage/storage_plan.h"
#include "string_list.h"

/**
 * struct candidates - folders for the storage of a snapshot
 * @places: suitable folders, best first
 * @rooms: free space of each without the reserve, in bytes
 * @refused: the other folders, each with the reason
 */
struct candidates {
	struct storage_places places;
	uint64_t *rooms;
	struct strings refused;
};

/*
 * Find folders with room for @bytes, or, if @less is set, for half of them: a small /boot may be all
 * that there is beside a btrfs. A candidate is the root of a mounted ext4 or XFS that only root can
 * modify, on a disk that is not removable. Candidates with room for all come first, then those that
 * are not on the @held devices, then those that share no disk with the targets, then those with
 * more space. Returns 0, or 1 after a message; candidates_free() follows in both cases.
 */
int candidates_find(struct candidates *candidates, const struct targets *targets,
		    const struct storage_plan *plan, const struct device_numbers *held,
		    uint64_t bytes, bool less);

/*
 * Returns how much to store in a candidate: @bytes, or half of its room if it has less room than
 * that. The other half is left to updates of the system.
 */
uint64_t candidates_portion(const struct candidates *candidates, size_t i, uint64_t bytes);

/* Add a folder to @refused. Returns 0 or -ENOMEM. */
int candidates_refuse(struct candidates *candidates, const char *path, const char *problem);

/* Print an error that no place is suitable, with all refused folders and another way. */
void candidates_report(const struct candidates *candidates, uint64_t bytes);
void candidates_free(struct candidates *candidates);

#endif
