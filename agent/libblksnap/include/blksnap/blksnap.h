/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libblksnap: snapshots of block devices and the map of what changed between them.
 *
 * Units: a sector is 512 bytes whatever the device's block size; sectors count from the
 * start of the device that is named. Sizes are in bytes unless a name says otherwise.
 *
 * Errors: functions return 0 (or what is stated) on success and a negative errno
 * otherwise; blksnap_strerror() makes a sentence of one. -EPERM means everywhere that the
 * caller lacks CAP_SYS_ADMIN, -ENOTTY that the module is not loaded (or too old for the
 * command), -ENOMEM that there is no memory.
 *
 * Threads: there is no global state. All functions may be called from any thread; one
 * object (struct blksnap_changes, _extents, _events) is used by one thread at a time.
 * Nothing is printed, and no signal is touched.
 *
 * Ownership: what a function hands out through a pointer to a pointer is the caller's, to
 * be given back with the function named there. Arguments are never kept.
 *
 * Descriptors: "control" is one of blksnap_control_open(), "device" one of
 * blksnap_device_open() or any other open descriptor of the block device, also one that is
 * open for reading only. Close them with close().
 */
#ifndef BLKSNAP_BLKSNAP_H
#define BLKSNAP_BLKSNAP_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Size of the text of a &struct blksnap_id with its NUL. */
#define BLKSNAP_ID_TEXT		37

/** Size of the name of an image with its NUL. */
#define BLKSNAP_IMAGE_TEXT	33

/**
 * struct blksnap_id - names a snapshot, or a generation of change maps
 * @bytes: in the order in which a UUID is written
 */
struct blksnap_id {
	uint8_t bytes[16];
};

/**
 * struct blksnap_range - sectors of a device
 * @sector: the first one
 * @count: how many
 */
struct blksnap_range {
	uint64_t sector;
	uint64_t count;
};

/*
 * Names and texts
 */

/** blksnap_id_parse() - reads a UUID. Return: 0, or -EINVAL if @text is none. */
int blksnap_id_parse(const char *text, struct blksnap_id *id);

/** blksnap_id_format() - writes a UUID in small letters. Return: @text. */
char *blksnap_id_format(const struct blksnap_id *id, char text[BLKSNAP_ID_TEXT]);

/**
 * enum blksnap_operation - what failed, for blksnap_strerror()
 *
 * One for each function that asks the kernel, with its name.
 */
enum blksnap_operation {
	BLKSNAP_CONTROL_OPEN = 1,
	BLKSNAP_MODULE_VERSION,
	BLKSNAP_DEVICE_OPEN,
	BLKSNAP_ATTACH,
	BLKSNAP_DETACH,
	BLKSNAP_TRACKER_INFO,
	BLKSNAP_MAP_READ,
	BLKSNAP_MARK_DIRTY,
	BLKSNAP_IMAGE_INFO,
	BLKSNAP_CHANGES,
	BLKSNAP_SNAPSHOT_CREATE,
	BLKSNAP_SNAPSHOT_ADD,
	BLKSNAP_SNAPSHOT_APPEND,
	BLKSNAP_SNAPSHOT_TAKE,
	BLKSNAP_SNAPSHOT_DESTROY,
	BLKSNAP_SNAPSHOT_LIST,
	BLKSNAP_EVENT_WAIT,
	BLKSNAP_EXTENTS,
};

/**
 * blksnap_strerror() - one sentence on why something failed and what to do about it
 * @operation: what failed
 * @error: the negative errno that it returned
 *
 * Begins with a small letter and has no full stop, so that it can stand behind a colon.
 *
 * Return: a text that stays for ever; never NULL.
 */
const char *blksnap_strerror(enum blksnap_operation operation, int error);

/*
 * The module
 */

/**
 * struct blksnap_module_version - of the module that is loaded
 */
struct blksnap_module_version {
	uint16_t major;
	uint16_t minor;
	uint16_t revision;
	uint16_t build;
};

/**
 * blksnap_control_open() - the way to the commands for snapshots
 *
 * Return: a descriptor, or -ENOENT or -ENXIO if the module is not loaded, or -EACCES.
 */
int blksnap_control_open(void);

/** blksnap_module_version() - version of the module, for logs and reports. */
int blksnap_module_version(int control, struct blksnap_module_version *version);

/*
 * Devices and their change trackers
 */

/**
 * blksnap_device_open() - opens a block device for the functions below
 *
 * Return: a descriptor, -ENOTBLK if @path leads to something else, or why it cannot be
 * opened.
 */
int blksnap_device_open(const char *path);

/**
 * blksnap_device_path() - the path of a device whose numbers are known
 * @path: room for @size bytes, 4096 are always enough
 *
 * Return: 0, -ENXIO if there is no such device, -ENAMETOOLONG.
 */
int blksnap_device_path(uint32_t major, uint32_t minor, char *path, size_t size);

/**
 * blksnap_attach() - begins to track the changes of a device
 *
 * Return: 0, -EALREADY if it is tracked already, -EBUSY if another filter is attached or
 * a live patch is on the kernel's functions, -EOPNOTSUPP if not all of the device's writes
 * can be seen, -ENODEV if it is being removed, -ENOENT if the module is not loaded but
 * blkfilter is.
 */
int blksnap_attach(int device);

/**
 * blksnap_detach() - ends that; the change map is forgotten
 *
 * Return: 0, -ENOENT if it is not tracked, -EINVAL if it is another filter's, -EBUSY if it
 * is in a snapshot.
 */
int blksnap_detach(int device);

/**
 * struct blksnap_tracker_info - the change map of a device
 * @device_size: in bytes
 * @block_size: bytes of the device that one entry of the map stands for
 * @block_count: entries of the map
 * @generation: changes when the map no longer tells the whole history
 * @number: of the last snapshot taken, 0 before the first
 * @reserved: zeros
 *
 * A block that changed after snapshot number N was taken has an entry greater than N.
 */
struct blksnap_tracker_info {
	uint64_t device_size;
	uint32_t block_size;
	uint32_t block_count;
	struct blksnap_id generation;
	uint8_t number;
	uint8_t reserved[7];
};

/** blksnap_tracker_info() - Return: 0, or -ENOENT if the device is not tracked. */
int blksnap_tracker_info(int device, struct blksnap_tracker_info *info);

/**
 * blksnap_map_read() - a piece of the change map as it was at the last take
 * @first: first entry
 * @map: room for @length entries of a byte each
 *
 * Return: how many were read, 0 at the end, or -ENOENT if the device is not tracked.
 */
int blksnap_map_read(int device, uint32_t first, uint8_t *map, uint32_t length);

/**
 * blksnap_mark_dirty() - has the next backup copy these ranges again
 *
 * Return: 0, -ENOENT if the device is not tracked, -EINVAL if a range is empty or reaches
 * past the end of the device. Ranges are handed over 65536 at a time: with more, some may
 * be marked when it fails.
 */
int blksnap_mark_dirty(int device, const struct blksnap_range *ranges, size_t count);

/**
 * struct blksnap_image_info - the image of a device
 * @error: 0, or the negative errno of what spoilt it; -ENOSPC is an overflow
 * @name: of its disk, without "/dev/"; empty if there is none
 * @reserved: zeros
 */
struct blksnap_image_info {
	int32_t error;
	char name[BLKSNAP_IMAGE_TEXT];
	uint8_t reserved[3];
};

/** blksnap_image_info() - Return: 0, or -ENOENT if the device is not tracked. */
int blksnap_image_info(int device, struct blksnap_image_info *info);

/*
 * What changed
 */

/**
 * struct blksnap_changes - a walk over what changed, in order and merged
 */
struct blksnap_changes;

/**
 * blksnap_changes_open() - begins a walk over the map as it was at the last take
 * @device: stays in use, and open, until the walk is closed
 * @generation: in which @since was a number, or NULL for whichever there is
 * @since: the number of the snapshot that was copied before; 0 for all that changed in
 *	this generation
 * @changes: to be given back with blksnap_changes_close()
 *
 * Memory does not grow with the device.
 *
 * Return: 0, -ENOENT if the device is not tracked, -ESTALE if it has another generation
 * (the whole device has to be copied), -EINVAL if @since is a number still to come.
 */
int blksnap_changes_open(int device, const struct blksnap_id *generation, unsigned int since,
			 struct blksnap_changes **changes);

/** blksnap_changes_info() - what the map looked like when the walk began. */
const struct blksnap_tracker_info *blksnap_changes_info(const struct blksnap_changes *changes);

/**
 * blksnap_changes_next() - the next range that changed
 *
 * The last one ends with the device. Only when the walk has come to its end, it is certain
 * that all ranges were of one snapshot.
 *
 * Return: 1 and a range, 0 at the end, -EAGAIN if another snapshot was taken meanwhile: all
 * ranges that were handed out are void then.
 */
int blksnap_changes_next(struct blksnap_changes *changes, struct blksnap_range *range);

/** blksnap_changes_rewind() - begins again at the start of the same map. */
void blksnap_changes_rewind(struct blksnap_changes *changes);

/** blksnap_changes_close() - @changes may be NULL. */
void blksnap_changes_close(struct blksnap_changes *changes);

/*
 * Snapshots
 */

/**
 * blksnap_snapshot_create() - an empty snapshot
 * @id: its name, chosen by the kernel
 *
 * It lives until it is destroyed, also if the program ends. The kernel itself writes the
 * name, before anything else can be done with the snapshot: if @id is in a file that is
 * mapped, no snapshot is without a name there, at whatever moment the program is killed.
 */
int blksnap_snapshot_create(int control, struct blksnap_id *id);

/**
 * blksnap_snapshot_add() - makes a tracked device a member
 *
 * Return: 0, -ENOENT if the device is not tracked, -EALREADY if it is a member, -EBUSY if
 * it is in another snapshot or this one is taken, -ESRCH if there is no such snapshot.
 */
int blksnap_snapshot_add(int device, const struct blksnap_id *id);

/**
 * blksnap_snapshot_append() - room for data that would be overwritten
 * @path: of a block device
 * @ranges: of that device; nobody else may write there until the snapshot is destroyed
 *
 * Before or after the take. Whole blocks of 4096 bytes are used. Ranges are handed over
 * 65536 at a time: with more, some may be in use when it fails.
 *
 * Return: 0, -ESRCH if there is no such snapshot, -EINVAL if the ranges or the device do
 * not fit, -EROFS, -ENOTBLK, -EFBIG, or why the device cannot be opened.
 */
int blksnap_snapshot_append(int control, const struct blksnap_id *id, const char *path,
			    const struct blksnap_range *ranges, size_t count);

/**
 * blksnap_snapshot_take() - holds the instant
 *
 * Return: 0, -ENODEV if it has no device or one is gone, -EALREADY if it is taken,
 * -ETIMEDOUT if file systems or writes could not be brought to rest, -ESRCH, or why a file
 * system could not be frozen. After an error nothing is held.
 */
int blksnap_snapshot_take(int control, const struct blksnap_id *id);

/**
 * blksnap_snapshot_destroy() - gives a snapshot up
 *
 * When it has returned 0 or -ESRCH nothing is written to the storage any more.
 *
 * Return: 0, -ESRCH if there is no such snapshot, -EBUSY while it is being taken.
 */
int blksnap_snapshot_destroy(int control, const struct blksnap_id *id);

/**
 * blksnap_snapshot_list() - all snapshots, also those of other programs
 * @ids: an array to be given back with free(), or NULL if there is none
 */
int blksnap_snapshot_list(int control, struct blksnap_id **ids, size_t *count);

/*
 * Events
 */

/**
 * enum blksnap_event_code - what happened to a snapshot
 * @BLKSNAP_EVENT_LOW_SPACE: storage runs short; append @sectors
 * @BLKSNAP_EVENT_CORRUPTED: an image is lost by @error
 *
 * A later module may have others.
 */
enum blksnap_event_code {
	BLKSNAP_EVENT_LOW_SPACE = 0,
	BLKSNAP_EVENT_CORRUPTED = 1,
};

/**
 * struct blksnap_event - what happened
 * @code: of &enum blksnap_event_code
 * @error: for CORRUPTED a negative errno, -ENOSPC is an overflow; else 0
 * @time_ns: when, in nanoseconds of the monotonic clock
 * @sectors: for LOW_SPACE how much to append; else 0
 * @major: for CORRUPTED the number of the device (not of its image); else 0
 * @minor: likewise
 */
struct blksnap_event {
	uint32_t code;
	int32_t error;
	int64_t time_ns;
	uint64_t sectors;
	uint32_t major;
	uint32_t minor;
};

/**
 * blksnap_event_wait() - waits until something happens to a snapshot
 * @timeout_ms: 0 only looks
 *
 * Each event is handed out once, to whoever asks first: let only one program wait.
 *
 * Return: 0 and an event, -ENOENT if nothing happened in time, -EINTR after a signal, or
 * -ESRCH when the snapshot is gone and its storage free.
 */
int blksnap_event_wait(int control, const struct blksnap_id *id, uint32_t timeout_ms,
		       struct blksnap_event *event);

/**
 * struct blksnap_events - the events of one snapshot behind a pollable descriptor
 */
struct blksnap_events;

/**
 * blksnap_events_open() - begins to gather events in a thread of its own
 * @control: is needed only during the call
 * @events: to be given back with blksnap_events_close()
 *
 * All signals are blocked in the thread.
 */
int blksnap_events_open(int control, const struct blksnap_id *id, struct blksnap_events **events);

/**
 * blksnap_events_fd() - for poll(): readable when blksnap_events_read() has something to say
 *
 * Return: a descriptor that belongs to @events.
 */
int blksnap_events_fd(const struct blksnap_events *events);

/**
 * blksnap_events_read() - the next event, without waiting
 *
 * Return: 0 and an event, -EAGAIN if there is none, -ESRCH when the snapshot is gone and
 * its storage free, or what went wrong. The last two are final.
 */
int blksnap_events_read(struct blksnap_events *events, struct blksnap_event *event);

/**
 * blksnap_events_close() - ends it; what was not read is lost
 * @events: may be NULL
 */
void blksnap_events_close(struct blksnap_events *events);

/*
 * Places of files
 */

/**
 * enum blksnap_extents_use - what places of a file are wanted for
 * @BLKSNAP_EXTENTS_STORAGE: for blksnap_snapshot_append(): every byte of the file in a
 *	place of its own
 * @BLKSNAP_EXTENTS_DIRTY: for blksnap_mark_dirty(): holes and shared places do no harm
 */
enum blksnap_extents_use {
	BLKSNAP_EXTENTS_STORAGE,
	BLKSNAP_EXTENTS_DIRTY,
};

/**
 * struct blksnap_extents - where a file lies
 */
struct blksnap_extents;

/**
 * blksnap_extents_open() - finds the places of a file on its device
 * @fd: an open regular file; its data is written out
 * @extents: to be given back with blksnap_extents_close()
 * @reason: after an error, what is wrong with the file ("it has holes"), or NULL when only
 *	the errno tells; stays for ever. May be NULL.
 *
 * Return: 0, -EINVAL if the file is not fit, -EOPNOTSUPP if its file system does not have
 * places that stay, or another errno.
 */
int blksnap_extents_open(int fd, enum blksnap_extents_use use, struct blksnap_extents **extents,
			 const char **reason);

/** blksnap_extents_device() - numbers of the device that the file system is on. */
void blksnap_extents_device(const struct blksnap_extents *extents, uint32_t *major,
			    uint32_t *minor);

/** blksnap_extents_ranges() - in the order of the file; they belong to @extents. */
const struct blksnap_range *blksnap_extents_ranges(const struct blksnap_extents *extents,
						   size_t *count);

/** blksnap_extents_close() - @extents may be NULL. */
void blksnap_extents_close(struct blksnap_extents *extents);

/**
 * blksnap_extents_check() - whether files of a file system can have places at all
 * @fd: an open file or folder of it
 * @reason: as above
 *
 * Return: 0, -EOPNOTSUPP, or why it cannot be told.
 */
int blksnap_extents_check(int fd, const char **reason);

#ifdef __cplusplus
}
#endif

#endif
