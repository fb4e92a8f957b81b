/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mounted file systems and their devices. */
#ifndef BLKSNAP_MOUNTS_H
#define BLKSNAP_MOUNTS_H

#include <stdbool.h>
#include <sys/types.h>

#include <libmount/libmount.h>

/**
 * struct fs_device - a device of a file system
 * @number: of the device
 * @role: "log" or "realtime" for such a device of an XFS, otherwise NULL
 */
struct fs_device {
	dev_t number;
	const char *role;
};

struct fs_devices {
	struct fs_device *items;
	size_t count;
};

/*
 * Returns the mounts in this mount namespace, with a reference for the caller; NULL after a
 * message.
 */
struct libmnt_table *mounts_open(void);

/*
 * Call @visit for each mount until it returns true. Returns whether it did; also false after a
 * message, if the mounts cannot be read.
 */
bool mounts_visit(bool (*visit)(struct libmnt_fs *fs, void *argument), void *argument);

/*
 * Add the devices of a mounted file system: all devices of a btrfs; the log and realtime device of
 * an XFS, too. The kernel or the file system is asked, not the source of the mount, since a device
 * may have been renamed. Returns 0, -ENOTBLK if there is no device, -EXDEV if the file system is
 * hidden by another mount, or another negative errno.
 */
int mounts_devices(struct libmnt_fs *fs, struct fs_devices *devices);

/* Returns the id of the mount of an open folder, as in the table; -1 if it cannot be determined. */
int mounts_id_of(int fd);

/*
 * Open the folder of a mount without following symbolic links. Returns a descriptor, -EXDEV if
 * another mount hides it, or another negative errno. @foreign as in folder_open().
 */
int mounts_open_folder(struct libmnt_fs *fs, char **foreign);

#endif
