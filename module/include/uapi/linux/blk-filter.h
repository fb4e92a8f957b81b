/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Block device filters: the commands on a block device's own descriptor.
 */
#ifndef _UAPI_LINUX_BLK_FILTER_H
#define _UAPI_LINUX_BLK_FILTER_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define BLKFILTER_NAME_LENGTH	32

/**
 * struct blkfilter_name - argument of BLKFILTER_ATTACH and BLKFILTER_DETACH
 * @name: name of a registered filter, NUL-terminated if shorter than the field
 */
struct blkfilter_name {
	__u8 name[BLKFILTER_NAME_LENGTH];
};

/**
 * struct blkfilter_ctl - argument of BLKFILTER_CTL
 * @name: name of the filter that is to answer
 * @cmd: command number, defined by the filter
 * @optlen: size of @opt in bytes; may be larger than what the command needs
 * @opt: address of the command's own argument
 */
struct blkfilter_ctl {
	__u8 name[BLKFILTER_NAME_LENGTH];
	__u32 cmd;
	__u32 optlen;
	__u64 opt;
};

/*
 * All three require CAP_SYS_ADMIN (-EPERM) and an argument that can be read (-EFAULT). They may sleep. A
 * descriptor that is open for reading is sufficient. Native and 32-bit programs use the same numbers.
 *
 * BLKFILTER_ATTACH: attach the filter to the device.
 *	-ENOENT		no filter of this name is registered
 *	-EALREADY	this filter is attached already
 *	-EBUSY		another filter is attached, and stays; or, for the first device, another user
 *			(a live patch) redirects functions of the kernel, see the kernel log; or
 *			writes in flight did not end within 10 s, or tasks kept the kernel busy for
 *			120 s
 *	-ENODEV		the device is being removed
 *	-EINTR		the caller was killed
 *	-EOPNOTSUPP	not all writes to such a device can be seen; the kernel log tells why
 *	or an error of the filter, such as -ENOMEM.
 *
 * BLKFILTER_DETACH: detach the filter. Does not wait for writes in flight.
 *	-ENOENT		no filter is attached
 *	-EINVAL		another filter is attached
 *	-EBUSY		the filter is in use, for instance by a snapshot
 *
 * BLKFILTER_CTL: pass a command to the filter.
 *	-ENOENT		no filter of this name is attached
 *	-ENOTTY		the filter does not know the command
 *	-EINVAL		@optlen is too small for the command
 *	or what the command returns, which may be a positive number.
 */
#ifndef BLKFILTER_ATTACH
#define BLKFILTER_ATTACH	_IOWR(0x12, 140, struct blkfilter_name)
#define BLKFILTER_DETACH	_IOWR(0x12, 141, struct blkfilter_name)
#define BLKFILTER_CTL		_IOWR(0x12, 142, struct blkfilter_ctl)
#endif

#endif /* _UAPI_LINUX_BLK_FILTER_H */
