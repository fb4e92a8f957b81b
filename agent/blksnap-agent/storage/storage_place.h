/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Places with storage: devices as a whole, and folders in whose subfolder .blksnap there are
 * storage files.
 *
 * A folder that somebody else than root can write to, or above it, can be exchanged at any time,
 * and another file system can be mounted over it. So the subfolder is known by more than its
 * path: by the UUID of its file system and by its file handle, which never become those of
 * another one. It belongs to root, and nobody else can do anything in it.
 */
#ifndef BLKSNAP_STORAGE_PLACE_H
#define BLKSNAP_STORAGE_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The folder in the user's folder that the files are in. */
#define STORAGE_SUBFOLDER	".blksnap"

/**
 * struct storage_place - one of them
 * @path: of the folder or the device
 * @device: it is a device as a whole
 * @number: of the device, or of the one that the folder's file system is on until the
 *	machine reboots; 0: not known
 * @identity: of the subfolder, or NULL: only the path is known
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

/* Appends a copy; 0 or -ENOMEM. */
int storage_places_add(struct storage_places *places, const struct storage_place *place);
/* Takes the last one away again. */
void storage_places_drop_last(struct storage_places *places);
bool storage_places_have(const struct storage_places *places, const struct storage_place *place);
void storage_places_free(struct storage_places *places);

/*
 * Makes the subfolder of a folder if need be, and fills in @number and @identity. It must be on
 * the device with @number, if that is known. A descriptor of the subfolder or a negative errno:
 * -EPERM if there is one that is not root's, or open to others.
 */
int storage_place_make(struct storage_place *place);

/*
 * Opens the subfolder that was made, wherever it may be by now: a descriptor, -ENOENT if it does
 * not exist any more, -EXDEV if it may exist, but cannot be reached since its file system is not
 * mounted or hidden by another mount, or another negative errno, which leaves that open.
 */
int storage_place_open(const struct storage_place *place);

/* For messages: what a negative errno of storage_place_open() means. */
const char *storage_place_problem(int error);

/* Removes an open subfolder if it is empty. */
void storage_place_drop(int fd);

/* Opens a device for nobody else, if it is still the same: a descriptor or a negative errno. */
int storage_place_claim(const struct storage_place *place);

#endif
