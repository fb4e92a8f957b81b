/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * Snapshots of block devices and a map of what changed between them: the commands of
 * the "blksnap" filter and of its control device.
 *
 * Units: a sector is 512 bytes whatever the device's block size; ranges count from the
 * start of the device that is named, so for a partition from the partition's start.
 * Fields that are not described as results are not written by the kernel.
 *
 * Pointers are of the caller's own size: the layout of the structures that hold one,
 * and of &struct blksnap_cbtinfo, whose tail is padded to the alignment of __u64, is not
 * the same in 32-bit programs. The numbers of the ioctls that take them differ likewise.
 */
#ifndef _UAPI_LINUX_BLKSNAP_H
#define _UAPI_LINUX_BLKSNAP_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* The control device in /dev, and how the names of the images begin: NAME_MAJOR:MINOR. */
#define BLKSNAP_CTL		"blksnap-control"
#define BLKSNAP_IMAGE_NAME	"blksnap-image"

/* Type of the control device's ioctls. */
#define BLKSNAP			'V'

/**
 * DOC: Commands for one device
 *
 * They go to an open block device as BLKFILTER_CTL with the filter's name "blksnap"; see
 * <linux/blk-filter.h> for the errors that any such call can have (no privilege, filter
 * not attached, option too small). All may sleep. A pointer that cannot be read or
 * written gives -EFAULT.
 */

/**
 * enum blkfilter_ctl_blksnap - numbers of the commands for one device
 *
 * @blkfilter_ctl_blksnap_cbtinfo:
 *	Out: &struct blksnap_cbtinfo. The layout and the state of the change map.
 *	Returns 0.
 *
 * @blkfilter_ctl_blksnap_cbtmap:
 *	In: &struct blksnap_cbtmap, which names the buffer for the result. Copies a piece
 *	of the map as it was at the last take (with what was written to the image
 *	since): one byte for each block, see &struct blksnap_cbtinfo.
 *	Returns the number of bytes copied: fewer than requested at the end of the map,
 *	0 beyond it.
 *	A program that reads the whole map gets cbtinfo before and after. The pieces are
 *	consistent only if neither @generation_id nor @changes_number has changed.
 *
 * @blkfilter_ctl_blksnap_cbtdirty:
 *	In: &struct blksnap_cbtdirty. Marks every block that one of the ranges overlaps as
 *	changed, both in the map that is read now and in that of the next backup. Meant for
 *	programs that alter a backup after it was made, so that the blocks are copied again.
 *	Returns 0, or
 *	-EINVAL	a range is empty or reaches past the end of the device; none was marked
 *
 * @blkfilter_ctl_blksnap_snapshotadd:
 *	In: &struct blksnap_snapshotadd. Makes the device a member of a snapshot that has
 *	not been taken yet.
 *	Returns 0, or
 *	-ESRCH		there is no such snapshot
 *	-EALREADY	the device is in this snapshot already
 *	-EBUSY		the device is in another snapshot, or this one has been taken
 *	-ENODEV		the device is being detached or removed
 *
 * @blkfilter_ctl_blksnap_snapshotinfo:
 *	Out: &struct blksnap_snapshotinfo. The image of the device and its state.
 *	Returns 0.
 */
enum blkfilter_ctl_blksnap {
	blkfilter_ctl_blksnap_cbtinfo,
	blkfilter_ctl_blksnap_cbtmap,
	blkfilter_ctl_blksnap_cbtdirty,
	blkfilter_ctl_blksnap_snapshotadd,
	blkfilter_ctl_blksnap_snapshotinfo,
};

#ifndef UUID_SIZE
#define UUID_SIZE	16
#endif

/**
 * struct blksnap_uuid - name of a snapshot or of a generation of change maps
 * @b: the bytes in the order in which a UUID is written
 */
struct blksnap_uuid {
	__u8 b[UUID_SIZE];
};

/**
 * struct blksnap_cbtinfo - result of blkfilter_ctl_blksnap_cbtinfo
 * @device_capacity: size of the device in bytes
 * @block_size: bytes of the device that one byte of the map stands for, a power of two
 * @block_count: number of blocks, hence size of the map in bytes
 * @generation_id: changes whenever the map no longer has all changes; the next backup then
 *	has to be a full one
 * @changes_number: number of the last snapshot taken, 0 before the first one
 *
 * A block that changed after snapshot number n was taken has a value greater than n in
 * the map; a block that did not change in this generation has 0. The take after snapshot
 * number 254 begins another generation: with another @generation_id, and as number 1.
 */
struct blksnap_cbtinfo {
	__u64 device_capacity;
	__u32 block_size;
	__u32 block_count;
	struct blksnap_uuid generation_id;
	__u8 changes_number;
};

/**
 * struct blksnap_cbtmap - argument of blkfilter_ctl_blksnap_cbtmap
 * @offset: first byte of the map, and so first block, to copy
 * @length: size of @buffer in bytes
 * @buffer: where the bytes go
 */
struct blksnap_cbtmap {
	__u32 offset;
	__u32 length;
	__u8 *buffer;
};

/**
 * struct blksnap_sectors - a range of a block device
 * @offset: first sector
 * @count: number of sectors
 */
struct blksnap_sectors {
	__u64 offset;
	__u64 count;
};

/**
 * struct blksnap_cbtdirty - argument of blkfilter_ctl_blksnap_cbtdirty
 * @count: number of ranges
 * @dirty_sectors: the ranges, in any order; they may overlap
 */
struct blksnap_cbtdirty {
	__u32 count;
	struct blksnap_sectors *dirty_sectors;
};

/**
 * struct blksnap_snapshotadd - argument of blkfilter_ctl_blksnap_snapshotadd
 * @id: the snapshot, as IOCTL_BLKSNAP_SNAPSHOT_CREATE named it
 */
struct blksnap_snapshotadd {
	struct blksnap_uuid id;
};

#define IMAGE_DISK_NAME_LEN	32

/**
 * struct blksnap_snapshotinfo - result of blkfilter_ctl_blksnap_snapshotinfo
 * @error_code: 0 while the image is intact, else the negative errno for which it was lost:
 *	-ENOSPC is an overflow of the difference storage. It stays until the device is
 *	added to another snapshot.
 * @image: name of the image's disk without "/dev/", NUL-terminated; empty when no
 *	snapshot of the device has been taken
 */
struct blksnap_snapshotinfo {
	__s32 error_code;
	__u8 image[IMAGE_DISK_NAME_LEN];
};

/**
 * DOC: Commands for snapshots
 *
 * They go to the control device, BLKSNAP_CTL in /dev. The direction that is encoded in the
 * number of an ioctl is meaningless here, and wrong for most of them. The description of
 * each tells what is read and what is written.
 *
 * All may sleep. Any of them can give
 *	-EPERM	the caller lacks CAP_SYS_ADMIN
 *	-EFAULT	a pointer cannot be read or written
 *	-ENOTTY	no command has this number
 *	-ENOMEM
 * and those that name a snapshot
 *	-ESRCH	no snapshot has this name, or it has been destroyed
 */

/**
 * enum blksnap_ioctl - numbers of the commands for snapshots
 * @blksnap_ioctl_version: see IOCTL_BLKSNAP_VERSION
 * @blksnap_ioctl_snapshot_create: see IOCTL_BLKSNAP_SNAPSHOT_CREATE
 * @blksnap_ioctl_snapshot_destroy: see IOCTL_BLKSNAP_SNAPSHOT_DESTROY
 * @blksnap_ioctl_snapshot_append_storage: see IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE
 * @blksnap_ioctl_snapshot_take: see IOCTL_BLKSNAP_SNAPSHOT_TAKE
 * @blksnap_ioctl_snapshot_collect: see IOCTL_BLKSNAP_SNAPSHOT_COLLECT
 * @blksnap_ioctl_snapshot_wait_event: see IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT
 */
enum blksnap_ioctl {
	blksnap_ioctl_version,
	blksnap_ioctl_snapshot_create,
	blksnap_ioctl_snapshot_destroy,
	blksnap_ioctl_snapshot_append_storage,
	blksnap_ioctl_snapshot_take,
	blksnap_ioctl_snapshot_collect,
	blksnap_ioctl_snapshot_wait_event,
};

/**
 * struct blksnap_version - result of IOCTL_BLKSNAP_VERSION
 * @major: major number
 * @minor: minor number
 * @revision: revision
 * @build: 0
 */
struct blksnap_version {
	__u16 major;
	__u16 minor;
	__u16 revision;
	__u16 build;
};

/**
 * define IOCTL_BLKSNAP_VERSION - get the version of the loaded module
 *
 * Out: &struct blksnap_version. For logs and reports. To find out whether a command exists,
 * a program calls it: commands are added but never changed.
 */
#define IOCTL_BLKSNAP_VERSION							\
	_IOW(BLKSNAP, blksnap_ioctl_version, struct blksnap_version)

/**
 * define IOCTL_BLKSNAP_SNAPSHOT_CREATE - create an empty snapshot
 *
 * Out: &struct blksnap_uuid. Next, devices are added and storage is appended; then the
 * snapshot is taken. There can be several snapshots, but each device is in one at most. The
 * first low-free-space event is queued when the call returns. If the id cannot be returned
 * (-EFAULT), no snapshot was created.
 */
#define IOCTL_BLKSNAP_SNAPSHOT_CREATE						\
	_IOW(BLKSNAP, blksnap_ioctl_snapshot_create, struct blksnap_uuid)

/**
 * define IOCTL_BLKSNAP_SNAPSHOT_DESTROY - destroy a snapshot, taken or not
 *
 * In: &struct blksnap_uuid. The images are removed. Programs that have one open get -EIO from
 * then on, and waits for an event end with -ESRCH. The devices stay attached, and their
 * changes are still tracked. After the call nothing is written to the difference storage any
 * more, so its blocks can be used for something else.
 *
 *	-EBUSY	the snapshot is being taken
 */
#define IOCTL_BLKSNAP_SNAPSHOT_DESTROY						\
	_IOR(BLKSNAP, blksnap_ioctl_snapshot_destroy, struct blksnap_uuid)

/**
 * struct blksnap_snapshot_append_storage - argument of IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE
 * @id: the snapshot
 * @bdev_path: path of a block device, NUL-terminated
 * @bdev_path_size: bytes at @bdev_path, with the NUL
 * @count: number of ranges
 * @ranges: the ranges, which nobody else may write to until the snapshot is destroyed
 */
struct blksnap_snapshot_append_storage {
	struct blksnap_uuid id;
	__u8 *bdev_path;
	__u32 bdev_path_size;
	__u32 count;
	struct blksnap_sectors *ranges;
};

/**
 * define IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE - append space for data that is overwritten
 *
 * In: &struct blksnap_snapshot_append_storage, before or after the take and as often as
 * needed. All images of the snapshot share the storage. If the call fails, none of its ranges
 * is used.
 *
 * Only whole blocks of 4096 bytes are used. If the storage is on a device of the snapshot,
 * they coincide with blocks of that device. The rest at the ends of a range is not used.
 *
 *	-EINVAL		a range does not fit the device or the device's logical block size, or
 *			no range has a whole block, or there are none, or more than 1,048,576;
 *			or the path is empty or longer than PATH_MAX;
 *			or the device cannot be used: it is stacked on a device of the snapshot
 *			(what is stored would have to be copied itself); it is an image; it is
 *			zoned; its logical blocks are larger than those of a device of the
 *			snapshot
 *	-EBUSY		sectors are storage already, of this snapshot or another, or occur twice
 *	-EFBIG		the storage would exceed 8 TiB
 *	-ENOTBLK	the path is not that of a block device
 *	-EROFS		the device is read-only
 *	or an error of opening the path, such as -ENOENT.
 */
#define IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE					\
	_IOW(BLKSNAP, blksnap_ioctl_snapshot_append_storage,			\
	     struct blksnap_snapshot_append_storage)

/**
 * define IOCTL_BLKSNAP_SNAPSHOT_TAKE - take a snapshot of all its devices, at one instant
 *
 * In: &struct blksnap_uuid. File systems are frozen, new writes are held and those in flight
 * are waited for, the change maps are switched, and the images are created. If the call
 * fails, no snapshot was taken, file systems are thawed and held writes are submitted.
 *
 *	-ENODEV		no device was added, or one of them is gone
 *	-EALREADY	the snapshot has been taken before, or is being taken
 *	-EINVAL		the storage appended before cannot serve one of the devices
 *	-ETIMEDOUT	file systems could not be frozen in 60 s, or writes in flight did not
 *			end in 10 s
 *	or another error for which it could not be taken.
 */
#define IOCTL_BLKSNAP_SNAPSHOT_TAKE						\
	_IOR(BLKSNAP, blksnap_ioctl_snapshot_take, struct blksnap_uuid)

/**
 * struct blksnap_snapshot_collect - argument of IOCTL_BLKSNAP_SNAPSHOT_COLLECT
 * @count: in: number of ids that @ids has room for; out: number of snapshots
 * @ids: array that receives the ids, or NULL to learn their number only
 */
struct blksnap_snapshot_collect {
	__u32 count;
	struct blksnap_uuid *ids;
};

/**
 * define IOCTL_BLKSNAP_SNAPSHOT_COLLECT - get the ids of all snapshots
 *
 * In and out: &struct blksnap_snapshot_collect. Call it twice: without an array to learn the
 * number, then with one of that size; again if snapshots were created in between.
 *
 *	-ENODATA	@ids is too small; @count is the number of snapshots, and nothing was
 *			written to @ids
 */
#define IOCTL_BLKSNAP_SNAPSHOT_COLLECT						\
	_IOW(BLKSNAP, blksnap_ioctl_snapshot_collect, struct blksnap_snapshot_collect)

/**
 * enum blksnap_event_codes - what happened to a snapshot
 * @blksnap_event_code_low_free_space:
 *	The difference storage runs short: less is free than half of the module
 *	parameter diff_storage_minimum. &struct blksnap_event_low_free_space tells how
 *	much to append. Nothing is lost if that is done in time.
 * @blksnap_event_code_corrupted:
 *	An image is lost, for want of storage or by an error. Reads of it fail from now
 *	on; what was read before is correct. &struct blksnap_event_corrupted tells which
 *	image. The device itself is not affected.
 */
enum blksnap_event_codes {
	blksnap_event_code_low_free_space,
	blksnap_event_code_corrupted,
};

/**
 * struct blksnap_snapshot_event - argument of IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT
 * @id: in: the snapshot
 * @timeout_ms: in: how long to wait, in milliseconds; 0 does not wait
 * @code: out: a number of &enum blksnap_event_codes
 * @time_label: out: when it happened, in nanoseconds of the monotonic clock
 * @data: out: the structure that belongs to @code, then zeros
 */
struct blksnap_snapshot_event {
	struct blksnap_uuid id;
	__u32 timeout_ms;
	__u32 code;
	__s64 time_label;
	__u8 data[4096 - 32];
};

/**
 * define IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT - wait for an event of a snapshot
 *
 * In and out: &struct blksnap_snapshot_event. Events are queued until they are fetched; each
 * is returned once, the oldest first.
 *
 *	-ENOENT	no event has happened within @timeout_ms
 *	-EINTR	a signal came first
 *	-ESRCH	as above. It also means that nothing is written to the difference storage any
 *		more, so the program can remove the files that it is in
 */
#define IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT					\
	_IOW(BLKSNAP, blksnap_ioctl_snapshot_wait_event, struct blksnap_snapshot_event)

/**
 * struct blksnap_event_low_free_space - data of blksnap_event_code_low_free_space
 * @requested_nr_sect: number of sectors to append
 */
struct blksnap_event_low_free_space {
	__u64 requested_nr_sect;
};

/**
 * struct blksnap_event_corrupted - data of blksnap_event_code_corrupted
 * @dev_id_mj: major number of the device whose image it is, not of the image
 * @dev_id_mn: its minor number
 * @err_code: why, as a positive errno; ENOSPC is an overflow
 */
struct blksnap_event_corrupted {
	__u32 dev_id_mj;
	__u32 dev_id_mn;
	__s32 err_code;
};

#endif /* _UAPI_LINUX_BLKSNAP_H */
