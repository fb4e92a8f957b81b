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
 *	Out: &struct blksnap_cbtinfo. What the change map of the device looks like.
 *	Returns 0.
 *
 * @blkfilter_ctl_blksnap_cbtmap:
 *	In: &struct blksnap_cbtmap, which names the buffer for the result. Copies a piece
 *	of the map as it was at the last take (with what was written to the image
 *	since): one byte for each block, see &struct blksnap_cbtinfo.
 *	Returns the number of bytes copied: fewer than asked for at the end of the map,
 *	0 behind it.
 *	A reader of the whole map asks for cbtinfo before and after; the pieces belong
 *	together only if neither @generation_id nor @changes_number moved.
 *
 * @blkfilter_ctl_blksnap_cbtdirty:
 *	In: &struct blksnap_cbtdirty. Marks every block that one of the ranges touches as
 *	changed, both for who reads the map now and for the next backup. Meant for
 *	whoever alters a backup after it was made, so that the blocks are copied again.
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
 * @generation_id: changes whenever the map no longer tells the whole history; the next
 *	backup has to be a full one then
 * @changes_number: number of the last snapshot taken, 0 before the first one
 *
 * A block that changed after snapshot number n was taken has a value greater than n in
 * the map; 0 is a block that did not change in this generation. When 255 marks the present
 * changes, the next take starts anew: with another @generation_id, and as number 1.
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
 * @error_code: 0 while the image is sound, else the negative errno of what spoilt it:
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
 * They go to the control device, BLKSNAP_CTL in /dev. The direction that is coded into an
 * ioctl's number means nothing here, and for most of them it is the wrong one; the text at
 * each says what is read and what is written.
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
 * define IOCTL_BLKSNAP_VERSION - which version of the module is loaded
 *
 * Out: &struct blksnap_version. For logs and reports; a program that wants to know whether
 * a command exists calls it, since commands are added but never changed.
 */
#define IOCTL_BLKSNAP_VERSION							\
	_IOW(BLKSNAP, blksnap_ioctl_version, struct blksnap_version)

/**
 * define IOCTL_BLKSNAP_SNAPSHOT_CREATE - an empty snapshot, and a name for it
 *
 * Out: &struct blksnap_uuid. Nothing is held still yet: devices are added, storage is
 * appended, then it is taken. There can be several snapshots, but each device is in one at
 * most. The first low-free-space event is waiting already when the call returns. If the
 * name cannot be handed over (-EFAULT), no snapshot was created.
 */
#define IOCTL_BLKSNAP_SNAPSHOT_CREATE						\
	_IOW(BLKSNAP, blksnap_ioctl_snapshot_create, struct blksnap_uuid)

/**
 * define IOCTL_BLKSNAP_SNAPSHOT_DESTROY - give a snapshot up, taken or not
 *
 * In: &struct blksnap_uuid. The images go; who has one open reads -EIO from then on. Who
 * waits for an event gets -ESRCH. The devices stay attached and changes go on being
 * tracked. Once the call has returned nothing is written to the difference storage any
 * more, so that its blocks may be given to others.
 *
 *	-EBUSY	the snapshot is being taken at the moment
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
 * define IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE - room for data that would be overwritten
 *
 * In: &struct blksnap_snapshot_append_storage, before or after the take and as often as
 * needed; all images of the snapshot share the room. When the call fails, no range of it
 * is used.
 *
 * Used are whole blocks of 4096 bytes; where the storage lies on a device of the snapshot
 * itself, such as coincide with blocks of that device. What is left over at the ends of a
 * range stays unused.
 *
 *	-EINVAL		a range does not fit the device or the device's logical block size, or
 *			no range has a whole block, or there are none, or more than 1,048,576;
 *			or the path is empty or longer than PATH_MAX;
 *			or the device cannot be used: it lies on one of the snapshot, so
 *			that storing would itself have to be copied first; it is an image; it
 *			is zoned; its logical blocks are larger than those of a device of the
 *			snapshot
 *	-EBUSY		sectors are storage already, of this snapshot or another, or given twice
 *	-EFBIG		there would be more than 8 TiB
 *	-ENOTBLK	the path is not that of a block device
 *	-EROFS		the device is read-only
 *	or why the path could not be opened, such as -ENOENT.
 */
#define IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE					\
	_IOW(BLKSNAP, blksnap_ioctl_snapshot_append_storage,			\
	     struct blksnap_snapshot_append_storage)

/**
 * define IOCTL_BLKSNAP_SNAPSHOT_TAKE - hold the instant
 *
 * In: &struct blksnap_uuid. All devices of the snapshot at one instant: file systems are
 * frozen, writes in flight are awaited, the change maps switched, the images created.
 * Writers wait meanwhile. When the call fails nothing was taken, and everything that was
 * frozen or held up goes on.
 *
 *	-ENODEV		no device was added, or one of them is gone
 *	-EALREADY	the snapshot has been taken before, or is being taken
 *	-EINVAL		the storage appended before cannot serve one of the devices
 *	-ETIMEDOUT	file systems could not be frozen in 60 s, or writes in flight did not
 *			end in 10 s
 *	or why it could not be taken.
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
 * number, then with one of that size; once more if snapshots have been added in between.
 *
 *	-ENODATA	@ids is too small; @count is the number of snapshots, and nothing was
 *			written to @ids
 */
#define IOCTL_BLKSNAP_SNAPSHOT_COLLECT						\
	_IOW(BLKSNAP, blksnap_ioctl_snapshot_collect, struct blksnap_snapshot_collect)

/**
 * enum blksnap_event_codes - what happened to a snapshot
 * @blksnap_event_code_low_free_space:
 *	The difference storage runs short: less is free than half of the module's
 *	parameter diff_storage_minimum. &struct blksnap_event_low_free_space says how much
 *	to append. Nothing is lost as long as that happens in time.
 * @blksnap_event_code_corrupted:
 *	An image can no longer be kept true, for want of storage or by an error, and
 *	reads of it fail from now on; what was read before is right.
 *	&struct blksnap_event_corrupted says which. The device itself is unharmed.
 */
enum blksnap_event_codes {
	blksnap_event_code_low_free_space,
	blksnap_event_code_corrupted,
};

/**
 * struct blksnap_snapshot_event - argument of IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT
 * @id: in: the snapshot
 * @timeout_ms: in: how long to wait, in milliseconds; 0 only looks
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
 * define IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT - sleep until something happens to a snapshot
 *
 * In and out: &struct blksnap_snapshot_event. Events are kept until somebody asks; each is
 * handed out once, the oldest first.
 *
 *	-ENOENT	the time is over and nothing happened
 *	-EINTR	a signal came first
 *	-ESRCH	as above; and here it also means that nothing is written to the difference
 *		storage any more, so that who waits may remove the files that it lies in
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
