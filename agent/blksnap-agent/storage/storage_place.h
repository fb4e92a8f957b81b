/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places for storage: whole devices, and folders, which get a subfolder .blksnap for storage files.
 *
 * If others than root can write to a folder, or to one above it, they can replace it at any time;
 * and another file system may be mounted over it. So a subfolder is not identified by its path, but
 * by the UUID of its file system and its file handle, which are never reused. The subfolder belongs
 * to root, and is accessible to root only.
 */
#ifndef BLKSNAP_STORAGE_PLACE_H
#define BLKSNAP_STORAGE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The subfolder with the storage files. */
#define STORAGE_SUBFOLDER	".blksnap"

/**
 * struct storage_place - a place
 * @path: of the folder or the device
 * @device: the place is a whole device
 * @number: of the device, or of the device of the folder's file system, which may change at a
 *	reboot; 0: unknown
 * @identity: of the subfolder; NULL: only the path is known
 */
struct storage_place {
	char *path;
	bool device;
	dev_t number;
	char *identity;
};

struct storage_places {
	struct storage_place *items;
	size_t count;
};

/* Append a copy. Returns 0 or -ENOMEM. */
int storage_places_add(struct storage_places *places, const struct storage_place *place);
/* Remove the last place. */
void storage_places_drop_last(struct storage_places *places);
bool storage_places_have(const struct storage_places *places, const struct storage_place *place);
void storage_places_free(struct storage_places *places);

/*
 * Create the subfolder unless it exists, and fill in @number and @identity. If @number is known,
 * the folder must be on that device. Returns a descriptor of the subfolder, -EPERM if a subfolder
 * exists that others can access, or another negative errno.
 */
int storage_place_make(struct storage_place *place);

/*
 * Open the subfolder by its identity, wherever it has been moved. Returns a descriptor; -ENOENT if
 * the subfolder was removed; -EXDEV if its file system is not mounted, or hidden by another mount;
 * or another negative errno, if it is not known whether the subfolder exists.
 */
int storage_place_open(const struct storage_place *place);

/* Returns the meaning of an error of storage_place_open(), for messages. */
const char *storage_place_problem(int error);

/* Remove an open subfolder if it is empty. */
void storage_place_drop(int fd);

/*
 * Open a device exclusively, if it still has the number of the place. Returns a descriptor or a
 * negative errno.
 */
int storage_place_claim(const struct storage_place *place);

#endif
