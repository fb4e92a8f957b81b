// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sizes and numbers of the kernel interface, computed by hand from its definition, not from the
 * headers. The compiler checks them; there is nothing to run.
 */
#include <stddef.h>

#include <linux/blk-filter.h>
#include <linux/blksnap.h>

/* 32-bit programs on x86 have smaller pointers, and align 64-bit numbers to 4 bytes. */
#if defined(__LP64__)
#define BITS(long64, long32) (long64)
#elif defined(__i386__)
#define BITS(long64, long32) (long32)
#else
#error "compile for a machine with 64-bit pointers, or for i386"
#endif

_Static_assert(BLKFILTER_NAME_LENGTH == 32, "filter name");
_Static_assert(sizeof(struct blkfilter_name) == 32, "blkfilter_name");
_Static_assert(sizeof(struct blkfilter_ctl) == 48, "blkfilter_ctl");
_Static_assert(offsetof(struct blkfilter_ctl, cmd) == 32, "blkfilter_ctl.cmd");
_Static_assert(offsetof(struct blkfilter_ctl, optlen) == 36, "blkfilter_ctl.optlen");
_Static_assert(offsetof(struct blkfilter_ctl, opt) == 40, "blkfilter_ctl.opt");

_Static_assert(BLKFILTER_ATTACH == 0xc020128cUL, "BLKFILTER_ATTACH");
_Static_assert(BLKFILTER_DETACH == 0xc020128dUL, "BLKFILTER_DETACH");
_Static_assert(BLKFILTER_CTL == 0xc030128eUL, "BLKFILTER_CTL");

_Static_assert(blkfilter_ctl_blksnap_cbtinfo == 0, "cbtinfo");
_Static_assert(blkfilter_ctl_blksnap_cbtmap == 1, "cbtmap");
_Static_assert(blkfilter_ctl_blksnap_cbtdirty == 2, "cbtdirty");
_Static_assert(blkfilter_ctl_blksnap_snapshotadd == 3, "snapshotadd");
_Static_assert(blkfilter_ctl_blksnap_snapshotinfo == 4, "snapshotinfo");

_Static_assert(sizeof(struct blksnap_uuid) == 16, "blksnap_uuid");
_Static_assert(UUID_SIZE == 16, "UUID_SIZE");

_Static_assert(sizeof(struct blksnap_cbtinfo) == BITS(40, 36), "blksnap_cbtinfo");
_Static_assert(offsetof(struct blksnap_cbtinfo, device_capacity) == 0, "device_capacity");
_Static_assert(offsetof(struct blksnap_cbtinfo, block_size) == 8, "block_size");
_Static_assert(offsetof(struct blksnap_cbtinfo, block_count) == 12, "block_count");
_Static_assert(offsetof(struct blksnap_cbtinfo, generation_id) == 16, "generation_id");
_Static_assert(offsetof(struct blksnap_cbtinfo, changes_number) == 32, "changes_number");

_Static_assert(sizeof(struct blksnap_cbtmap) == BITS(16, 12), "blksnap_cbtmap");
_Static_assert(offsetof(struct blksnap_cbtmap, length) == 4, "cbtmap.length");
_Static_assert(offsetof(struct blksnap_cbtmap, buffer) == 8, "cbtmap.buffer");

_Static_assert(sizeof(struct blksnap_sectors) == 16, "blksnap_sectors");
_Static_assert(offsetof(struct blksnap_sectors, count) == 8, "sectors.count");

_Static_assert(sizeof(struct blksnap_cbtdirty) == BITS(16, 8), "blksnap_cbtdirty");
_Static_assert(offsetof(struct blksnap_cbtdirty, dirty_sectors) == BITS(8, 4), "dirty_sectors");

_Static_assert(sizeof(struct blksnap_snapshotadd) == 16, "blksnap_snapshotadd");

_Static_assert(IMAGE_DISK_NAME_LEN == 32, "IMAGE_DISK_NAME_LEN");
_Static_assert(sizeof(struct blksnap_snapshotinfo) == 36, "blksnap_snapshotinfo");
_Static_assert(offsetof(struct blksnap_snapshotinfo, image) == 4, "snapshotinfo.image");

_Static_assert(BLKSNAP == 0x56, "type of the ioctls");
_Static_assert(sizeof(BLKSNAP_CTL) == 16, "name of the control device");
_Static_assert(sizeof(BLKSNAP_IMAGE_NAME) == 14, "name of the images");

_Static_assert(sizeof(struct blksnap_version) == 8, "blksnap_version");
_Static_assert(offsetof(struct blksnap_version, minor) == 2, "version.minor");
_Static_assert(offsetof(struct blksnap_version, revision) == 4, "version.revision");
_Static_assert(offsetof(struct blksnap_version, build) == 6, "version.build");

_Static_assert(sizeof(struct blksnap_snapshot_append_storage) == BITS(40, 32), "append_storage");
_Static_assert(offsetof(struct blksnap_snapshot_append_storage, bdev_path) == 16, "bdev_path");
_Static_assert(offsetof(struct blksnap_snapshot_append_storage, bdev_path_size) == BITS(24, 20),
	       "bdev_path_size");
_Static_assert(offsetof(struct blksnap_snapshot_append_storage, count) == BITS(28, 24),
	       "append.count");
_Static_assert(offsetof(struct blksnap_snapshot_append_storage, ranges) == BITS(32, 28), "ranges");

_Static_assert(sizeof(struct blksnap_snapshot_collect) == BITS(16, 8), "snapshot_collect");
_Static_assert(offsetof(struct blksnap_snapshot_collect, ids) == BITS(8, 4), "collect.ids");

_Static_assert(sizeof(struct blksnap_snapshot_event) == 4096, "snapshot_event");
_Static_assert(offsetof(struct blksnap_snapshot_event, timeout_ms) == 16, "timeout_ms");
_Static_assert(offsetof(struct blksnap_snapshot_event, code) == 20, "event.code");
_Static_assert(offsetof(struct blksnap_snapshot_event, time_label) == 24, "time_label");
_Static_assert(offsetof(struct blksnap_snapshot_event, data) == 32, "event.data");

_Static_assert(sizeof(struct blksnap_event_low_free_space) == 8, "event_low_free_space");
_Static_assert(sizeof(struct blksnap_event_corrupted) == 12, "event_corrupted");
_Static_assert(offsetof(struct blksnap_event_corrupted, dev_id_mn) == 4, "dev_id_mn");
_Static_assert(offsetof(struct blksnap_event_corrupted, err_code) == 8, "err_code");

_Static_assert(blksnap_event_code_low_free_space == 0, "low_free_space");
_Static_assert(blksnap_event_code_corrupted == 1, "corrupted");

_Static_assert(IOCTL_BLKSNAP_VERSION == 0x40085600UL, "VERSION");
_Static_assert(IOCTL_BLKSNAP_SNAPSHOT_CREATE == 0x40105601UL, "CREATE");
_Static_assert(IOCTL_BLKSNAP_SNAPSHOT_DESTROY == 0x80105602UL, "DESTROY");
_Static_assert(IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE == BITS(0x40285603UL, 0x40205603UL),
	       "APPEND_STORAGE");
_Static_assert(IOCTL_BLKSNAP_SNAPSHOT_TAKE == 0x80105604UL, "TAKE");
_Static_assert(IOCTL_BLKSNAP_SNAPSHOT_COLLECT == BITS(0x40105605UL, 0x40085605UL), "COLLECT");
_Static_assert(IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT == 0x50005606UL, "WAIT_EVENT");
