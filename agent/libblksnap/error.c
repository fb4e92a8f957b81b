// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Explanations of errors. An errno has a meaning for each operation; a second table has the
 * meanings that are common to all operations.
 */
#include <errno.h>
#include <stddef.h>

#include <blksnap/blksnap.h>

#define NOT_TRACKED	"blksnap is not attached to the device; attach it first"
#define NO_SNAPSHOT	"there is no such snapshot, or it has been destroyed"

static const struct {
	enum blksnap_operation operation;
	int error;
	const char *text;
} special[] = {
	{ BLKSNAP_CONTROL_OPEN, ENOENT,
	  "the module blksnap is not loaded; load it with \"modprobe blksnap\"" },
	{ BLKSNAP_CONTROL_OPEN, ENXIO,
	  "the module blksnap is not loaded; load it with \"modprobe blksnap\"" },
	{ BLKSNAP_CONTROL_OPEN, EACCES, "only root may use snapshots" },

	{ BLKSNAP_DEVICE_OPEN, ENOENT, "there is no such device" },
	{ BLKSNAP_DEVICE_OPEN, ENOTBLK, "it is not a block device" },
	{ BLKSNAP_DEVICE_OPEN, ENXIO, "the device is gone, or has no medium" },
	{ BLKSNAP_DEVICE_OPEN, ENOMEDIUM, "the device has no medium" },
	{ BLKSNAP_DEVICE_OPEN, EACCES, "only root may open the device" },

	{ BLKSNAP_ATTACH, ENOENT,
	  "blkfilter knows no filter blksnap; load it with \"modprobe blksnap\"" },
	{ BLKSNAP_ATTACH, EALREADY, "blksnap is attached to the device already" },
	{ BLKSNAP_ATTACH, EBUSY,
	  "another filter is attached to the device, or a live patch is on the kernel's "
	  "function, or writes in flight did not end in time; the kernel log says which" },
	{ BLKSNAP_ATTACH, EOPNOTSUPP,
	  "not all writes to such a device can be seen; the kernel log says why" },
	{ BLKSNAP_ATTACH, ENODEV, "the device is being removed" },

	{ BLKSNAP_DETACH, ENOENT, "blksnap is not attached to the device" },
	{ BLKSNAP_DETACH, EINVAL, "another filter is attached to the device, not blksnap" },
	{ BLKSNAP_DETACH, EBUSY,
	  "the device is in a snapshot; destroy the snapshot first" },

	{ BLKSNAP_TRACKER_INFO, ENOENT, NOT_TRACKED },
	{ BLKSNAP_MAP_READ, ENOENT, NOT_TRACKED },
	{ BLKSNAP_IMAGE_INFO, ENOENT, NOT_TRACKED },

	{ BLKSNAP_MARK_DIRTY, ENOENT, NOT_TRACKED },
	{ BLKSNAP_MARK_DIRTY, EINVAL,
	  "a range is empty or reaches past the end of the device" },

	{ BLKSNAP_CHANGES, ENOENT, NOT_TRACKED },
	{ BLKSNAP_CHANGES, ESTALE,
	  "the history of changes was interrupted and has another generation; copy the "
	  "whole device" },
	{ BLKSNAP_CHANGES, EINVAL,
	  "no snapshot of the device has had this number yet" },
	{ BLKSNAP_CHANGES, EAGAIN,
	  "another snapshot was taken while the map was read; read it again" },
	{ BLKSNAP_CHANGES, EIO, "the module's change map does not fit the device" },

	{ BLKSNAP_SNAPSHOT_ADD, ENOENT, NOT_TRACKED },
	{ BLKSNAP_SNAPSHOT_ADD, EALREADY, "the device is in this snapshot already" },
	{ BLKSNAP_SNAPSHOT_ADD, EBUSY,
	  "the device is in another snapshot, or this one has been taken" },
	{ BLKSNAP_SNAPSHOT_ADD, ENODEV, "the device is being removed" },

	{ BLKSNAP_SNAPSHOT_APPEND, ENOENT, "there is no such device" },
	{ BLKSNAP_SNAPSHOT_APPEND, EINVAL,
	  "the ranges do not fit the device, or it cannot be storage for this snapshot: "
	  "it is stacked on one of its devices, is an image, is zoned, or has larger blocks" },
	{ BLKSNAP_SNAPSHOT_APPEND, EBUSY,
	  "sectors are storage already, of this snapshot or another, or were given twice" },
	{ BLKSNAP_SNAPSHOT_APPEND, EFBIG, "a snapshot can have 8 TiB of storage at most" },
	{ BLKSNAP_SNAPSHOT_APPEND, ENOTBLK, "storage must be on a block device" },
	{ BLKSNAP_SNAPSHOT_APPEND, EROFS, "the device is read-only" },

	{ BLKSNAP_SNAPSHOT_TAKE, ENODEV,
	  "the snapshot has no device, or one of its devices is gone" },
	{ BLKSNAP_SNAPSHOT_TAKE, ENXIO, "one of its devices is gone" },
	{ BLKSNAP_SNAPSHOT_TAKE, EALREADY, "the snapshot has been taken already" },
	{ BLKSNAP_SNAPSHOT_TAKE, EINVAL,
	  "the storage that it has cannot serve one of its devices" },
	{ BLKSNAP_SNAPSHOT_TAKE, ETIMEDOUT,
	  "the file systems did not freeze, or the writes in flight did not end, in time" },

	{ BLKSNAP_SNAPSHOT_DESTROY, EBUSY, "the snapshot is being taken; try again" },

	{ BLKSNAP_EVENT_WAIT, ENOENT, "nothing happened in time" },
	{ BLKSNAP_EVENT_WAIT, EINTR, "a signal came first" },

	{ BLKSNAP_EXTENTS, EINVAL, "the places of the file are not fit for this" },
	{ BLKSNAP_EXTENTS, EOPNOTSUPP,
	  "the file system of the file does not have places that stay" },
};

static const struct {
	int error;
	const char *text;
} general[] = {
	{ EPERM, "the capability CAP_SYS_ADMIN is needed; only root has it" },
	{ EACCES, "permission is denied; only root may do this" },
	{ ENOMEM, "there is not enough memory" },
	{ ENOTTY, "the kernel does not know the command; load the module blksnap, or update it" },
	{ ESRCH, NO_SNAPSHOT },
	{ EFAULT, "a pointer leads nowhere" },
	{ EBADF, "the descriptor is not open" },
	{ EINTR, "a signal came first" },
	{ EINVAL, "an argument is not valid" },
	{ ENOENT, "it does not exist" },
	{ ENODEV, "the device is gone" },
	{ ENXIO, "the device is gone" },
	{ EIO, "the device reports an error; the kernel log says more" },
	{ ENOSPC, "there is no space left" },
	{ EROFS, "the file system or device is read-only" },
	{ EBUSY, "it is in use" },
	{ EMFILE, "the program has too many open files" },
	{ ENFILE, "the system has too many open files" },
	{ EDQUOT, "the quota is used up" },
	{ EFBIG, "it would be too large" },
	{ EOPNOTSUPP, "it is not supported there" },
	{ ETIMEDOUT, "it took too long" },
	{ ESTALE, "it is not any more what it was" },
	{ EALREADY, "it has been done already" },
};

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

const char *blksnap_strerror(enum blksnap_operation operation, int error)
{
	int positive = error < 0 ? -error : error;

	if (!positive)
		return "it succeeded";
	for (size_t i = 0; i < COUNT(special); i++)
		if (special[i].operation == operation && special[i].error == positive)
			return special[i].text;
	for (size_t i = 0; i < COUNT(general); i++)
		if (general[i].error == positive)
			return general[i].text;
	return "the kernel refused with an error that is not known here";
}
