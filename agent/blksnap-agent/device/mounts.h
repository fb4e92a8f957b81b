/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is mounted, as the kernel tells it by numbers of devices. */
#ifndef BLKSNAP_MOUNTS_H
#define BLKSNAP_MOUNTS_H

#include <stdbool.h>
#include <sys/types.h>

#include <libmount/libmount.h>

/**
 * struct fs_device - one of the devices of a file system
 * @number: of the device
 * @role: "log" or "realtime" if only a part of it is there, or NULL
 */
struct fs_device {
	dev_t number;
	const char *role;
};

struct fs_devices {
	struct fs_device *items;
	size_t count;
};

/* The mounts of this process, to be unreferenced, or NULL after a message. */
struct libmnt_table *mounts_open(void);

/*
 * Goes through the mounts until @visit returns true. Whether it did; false also after a
 * message that they cannot be read.
 */
bool mounts_visit(bool (*visit)(struct libmnt_fs *fs, void *argument), void *argument);

/*
 * Adds the devices that a mounted file system is on: all of a btrfs, the log and the realtime
 * device of an XFS. The kernel is asked, or the file system itself, since a device may have been
 * renamed after it was mounted. 0, -ENOTBLK if it is on none, -EXDEV if it cannot be asked
 * because another mount hides it, or another negative errno.
 */
int mounts_devices(struct libmnt_fs *fs, struct fs_devices *devices);

/* The id of the mount that an open folder is in, as in the table; -1 if that cannot be told. */
int mounts_id_of(int fd);

/*
 * Opens the folder of a mount, without following links: a descriptor, -EXDEV if the mount is
 * hidden by another one, or another negative errno. @foreign is that of folder_open().
 */
int mounts_open_folder(struct libmnt_fs *fs, char **foreign);

#endif
