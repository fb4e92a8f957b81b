// SPDX-License-Identifier: GPL-2.0
/*
 * All input is copied and checked here, once, and all output is copied here, with no lock held. Some
 * structures have another layout in 32-bit programs, because of pointers or alignment. Their 32-bit
 * versions are named *_32 here, and are converted.
 */
#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "control.h"
#include "snapimage.h"
#include "snapshot.h"
#include "tracker.h"

/* Arrays of the user are copied in pieces of this many bytes. */
#define PIECE_SIZE	(16 * PAGE_SIZE)

struct cbtmap_32 {
	u32 offset;
	u32 length;
	compat_uptr_t buffer;
};

struct cbtdirty_32 {
	u32 count;
	compat_uptr_t dirty_sectors;
};

struct append_storage_32 {
	struct blksnap_uuid id;
	compat_uptr_t bdev_path;
	u32 bdev_path_size;
	u32 count;
	compat_uptr_t ranges;
};

struct collect_32 {
	u32 count;
	compat_uptr_t ids;
};

/* Shorter than the native one if 32-bit programs align 64-bit integers to 32 bits, as on x86. */
struct cbtinfo_32 {
	compat_u64 device_capacity;
	u32 block_size;
	u32 block_count;
	struct blksnap_uuid generation_id;
	u8 changes_number;
};

static_assert(sizeof(struct cbtmap_32) == 12);
static_assert(sizeof(struct cbtdirty_32) == 8);
static_assert(sizeof(struct append_storage_32) == 32);
static_assert(sizeof(struct collect_32) == 8);
static_assert(sizeof(struct cbtinfo_32) <= sizeof(struct blksnap_cbtinfo));
static_assert(offsetof(struct cbtinfo_32, changes_number) ==
	      offsetof(struct blksnap_cbtinfo, changes_number));

/*
 * Commands of the filter, by BLKFILTER_CTL
 */

static int ctl_cbtinfo(struct tracker *tracker, void __user *buf, u32 len)
{
	struct blksnap_cbtinfo info;
	size_t size = in_compat_syscall() ? sizeof(struct cbtinfo_32) : sizeof(info);
	int ret;

	if (len < size)
		return -EINVAL;
	ret = tracker_renew_map(tracker, false);
	if (ret)
		return ret;
	tracker_info(tracker, &info);
	return copy_to_user(buf, &info, size) ? -EFAULT : 0;
}

static int get_cbtmap(struct blksnap_cbtmap *map, void __user *buf, u32 len)
{
	struct cbtmap_32 arg32;

	if (!in_compat_syscall()) {
		if (len < sizeof(*map))
			return -EINVAL;
		return copy_from_user(map, buf, sizeof(*map)) ? -EFAULT : 0;
	}
	if (len < sizeof(arg32))
		return -EINVAL;
	if (copy_from_user(&arg32, buf, sizeof(arg32)))
		return -EFAULT;
	map->offset = arg32.offset;
	map->length = arg32.length;
	map->buffer = (__force void *)compat_ptr(arg32.buffer);
	return 0;
}

static int ctl_cbtmap(struct tracker *tracker, void __user *buf, u32 len)
{
	struct blksnap_cbtmap map;
	unsigned int wanted, got;
	int ret, done = 0;
	u8 *piece;

	ret = get_cbtmap(&map, buf, len);
	if (ret)
		return ret;
	piece = kvmalloc(PIECE_SIZE, GFP_KERNEL);
	if (!piece)
		return -ENOMEM;
	/* The number of bytes is returned as an int. */
	map.length = min_t(u32, map.length, INT_MAX);
	while (done < map.length) {
		wanted = min_t(u32, map.length - done, PIECE_SIZE);
		got = map.offset > U32_MAX - done ? 0 :
			tracker_read_map(tracker, map.offset + done, piece, wanted);
		if (copy_to_user((u8 __user *)map.buffer + done, piece, got)) {
			done = -EFAULT;
			break;
		}
		done += got;
		if (got < wanted)
			break;
	}
	kvfree(piece);
	return done;
}

static int get_cbtdirty(struct blksnap_cbtdirty *dirty, void __user *buf, u32 len)
{
	struct cbtdirty_32 arg32;

	if (!in_compat_syscall()) {
		if (len < sizeof(*dirty))
			return -EINVAL;
		return copy_from_user(dirty, buf, sizeof(*dirty)) ? -EFAULT : 0;
	}
	if (len < sizeof(arg32))
		return -EINVAL;
	if (copy_from_user(&arg32, buf, sizeof(arg32)))
		return -EFAULT;
	dirty->count = arg32.count;
	dirty->dirty_sectors = (__force void *)compat_ptr(arg32.dirty_sectors);
	return 0;
}

static int check_dirty(const struct blksnap_sectors *range, sector_t capacity)
{
	return range->count && range->offset < capacity &&
	       range->count <= capacity - range->offset ? 0 : -EINVAL;
}

/* Check all ranges, or mark them, a piece at a time. */
static int walk_dirty(struct tracker *tracker, const struct blksnap_cbtdirty *dirty,
			  struct blksnap_sectors *piece, bool mark)
{
	const u32 piece_count = PIECE_SIZE / sizeof(*piece);
	struct blksnap_cbtinfo info;
	u32 done, count, i;
	int ret = 0;

	tracker_info(tracker, &info);
	for (done = 0; done < dirty->count && !ret; done += count) {
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		count = min(dirty->count - done, piece_count);
		if (copy_from_user(piece, (void __user *)(dirty->dirty_sectors + done),
				   count * sizeof(*piece)))
			return -EFAULT;
		for (i = 0; i < count && !ret; i++) {
			ret = check_dirty(&piece[i], info.device_capacity >> SECTOR_SHIFT);
			if (!ret && mark)
				ret = tracker_mark(tracker, piece[i].offset, piece[i].count, true);
		}
	}
	return ret;
}

static int ctl_cbtdirty(struct tracker *tracker, void __user *buf, u32 len)
{
	struct blksnap_sectors *piece;
	struct blksnap_cbtdirty dirty;
	int ret;

	ret = get_cbtdirty(&dirty, buf, len) ?: tracker_renew_map(tracker, false);
	if (ret)
		return ret;
	piece = kvmalloc(PIECE_SIZE, GFP_KERNEL);
	if (!piece)
		return -ENOMEM;
	/* Check all ranges before marking the first one. */
	ret = walk_dirty(tracker, &dirty, piece, false) ?:
	      walk_dirty(tracker, &dirty, piece, true);
	kvfree(piece);
	return ret;
}

static int ctl_snapshotadd(struct tracker *tracker, void __user *buf, u32 len)
{
	struct blksnap_snapshotadd add;

	if (len < sizeof(add))
		return -EINVAL;
	if (copy_from_user(&add, buf, sizeof(add)))
		return -EFAULT;
	return snapshot_add_device(&add.id, tracker);
}

static int ctl_snapshotinfo(struct tracker *tracker, void __user *buf, u32 len)
{
	struct blksnap_snapshotinfo info;

	if (len < sizeof(info))
		return -EINVAL;
	snapshot_info(tracker, &info);
	return copy_to_user(buf, &info, sizeof(info)) ? -EFAULT : 0;
}

static int filter_ctl(struct blkfilter *flt, unsigned int cmd, void __user *buf, u32 len)
{
	struct tracker *tracker = tracker_of(flt);

	switch (cmd) {
	case blkfilter_ctl_blksnap_cbtinfo:
		return ctl_cbtinfo(tracker, buf, len);
	case blkfilter_ctl_blksnap_cbtmap:
		return ctl_cbtmap(tracker, buf, len);
	case blkfilter_ctl_blksnap_cbtdirty:
		return ctl_cbtdirty(tracker, buf, len);
	case blkfilter_ctl_blksnap_snapshotadd:
		return ctl_snapshotadd(tracker, buf, len);
	case blkfilter_ctl_blksnap_snapshotinfo:
		return ctl_snapshotinfo(tracker, buf, len);
	default:
		return -ENOTTY;
	}
}

static struct blkfilter *filter_attach(struct block_device *bdev)
{
	if (snapimage_is_image(bdev)) {
		pr_warn("%pg: is the image of a snapshot and cannot be tracked\n", bdev);
		return ERR_PTR(-EOPNOTSUPP);
	}
	if (bdev_logical_block_size(bdev) > DIFF_BLOCK_SIZE) {
		pr_warn("%pg: logical blocks of %u bytes are larger than %u, which is what is copied\n",
			bdev, bdev_logical_block_size(bdev), DIFF_BLOCK_SIZE);
		return ERR_PTR(-EOPNOTSUPP);
	}
	return tracker_attach(bdev);
}

static struct blkfilter_operations filter_ops = {
	.owner = THIS_MODULE,
	.name = "blksnap",
	.attach = filter_attach,
	.detaching = tracker_detaching,
	.detach = tracker_detach,
	.ctl = filter_ctl,
	.submit_bio = tracker_submit_bio,
	.changed = tracker_changed,
};

/*
 * Commands of the control device
 */

static int ioctl_version(void __user *argp)
{
	const struct blksnap_version version = {
		.major = BLKSNAP_MAJOR,
		.minor = BLKSNAP_MINOR,
		.revision = BLKSNAP_REVISION,
	};

	return copy_to_user(argp, &version, sizeof(version)) ? -EFAULT : 0;
}

static int ioctl_create(void __user *argp)
{
	struct blksnap_uuid id;
	int ret = snapshot_create(&id);

	if (!ret && copy_to_user(argp, &id, sizeof(id))) {
		snapshot_destroy(&id);
		ret = -EFAULT;
	}
	return ret;
}

static int ioctl_with_id(void __user *argp, int (*command)(const struct blksnap_uuid *id))
{
	struct blksnap_uuid id;

	return copy_from_user(&id, argp, sizeof(id)) ? -EFAULT : command(&id);
}

static int append_pieces(const struct blksnap_snapshot_append_storage *arg, const char *path)
{
	struct blksnap_sectors *ranges;
	int ret;

	/* In one piece, so that all or nothing is appended. The limit bounds the memory. */
	if (!arg->count || arg->count > SZ_1M)
		return -EINVAL;
	ranges = kvmalloc_array(arg->count, sizeof(*ranges), GFP_KERNEL);
	if (!ranges)
		return -ENOMEM;
	if (copy_from_user(ranges, (void __user *)arg->ranges, arg->count * sizeof(*ranges)))
		ret = -EFAULT;
	else
		ret = snapshot_append_storage(&arg->id, path, ranges, arg->count);
	kvfree(ranges);
	return ret;
}

static int append_storage(const struct blksnap_snapshot_append_storage *arg)
{
	char *path;
	int ret;

	if (!arg->bdev_path_size || arg->bdev_path_size > PATH_MAX)
		return -EINVAL;
	path = kzalloc(arg->bdev_path_size + 1, GFP_KERNEL);
	if (!path)
		return -ENOMEM;
	if (copy_from_user(path, (void __user *)arg->bdev_path, arg->bdev_path_size))
		ret = -EFAULT;
	else
		ret = append_pieces(arg, path);
	kfree(path);
	return ret;
}

static int ioctl_append_storage(void __user *argp)
{
	struct blksnap_snapshot_append_storage arg;

	return copy_from_user(&arg, argp, sizeof(arg)) ? -EFAULT : append_storage(&arg);
}

/* Without an array, return the number of snapshots only; programs call it first like that. */
static int collect(u32 __user *user_count, struct blksnap_uuid __user *ids, u32 count)
{
	unsigned int room = snapshot_collect(NULL, 0), there;
	struct blksnap_uuid *found;
	int ret = 0;

	found = kvmalloc_array(room + 1, sizeof(*found), GFP_KERNEL);
	if (!found)
		return -ENOMEM;
	there = snapshot_collect(found, room);
	if (put_user(there, user_count))
		ret = -EFAULT;
	else if (ids && (there > count || there > room))
		ret = -ENODATA;
	else if (ids && copy_to_user(ids, found, there * sizeof(*found)))
		ret = -EFAULT;
	kvfree(found);
	return ret;
}

static int ioctl_collect(struct blksnap_snapshot_collect __user *argp)
{
	struct blksnap_snapshot_collect arg;

	if (copy_from_user(&arg, argp, sizeof(arg)))
		return -EFAULT;
	return collect(&argp->count, (void __user *)arg.ids, arg.count);
}

static int ioctl_wait_event(struct blksnap_snapshot_event __user *argp)
{
	struct blksnap_snapshot_event *event = kzalloc(sizeof(*event), GFP_KERNEL);
	int ret = -EFAULT;

	if (!event)
		return -ENOMEM;
	if (copy_from_user(event, argp, offsetof(struct blksnap_snapshot_event, code)))
		goto out;
	/* Check the pointer before an event is fetched, which would be lost. */
	if (copy_to_user(argp, event, sizeof(*event)))
		goto out;
	ret = snapshot_wait_event(&event->id, event->timeout_ms, event);
	if (!ret && copy_to_user(argp, event, sizeof(*event)))
		ret = -EFAULT;
out:
	kfree(event);
	return ret;
}

static long control_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	switch (cmd) {
	case IOCTL_BLKSNAP_VERSION:
		return ioctl_version(argp);
	case IOCTL_BLKSNAP_SNAPSHOT_CREATE:
		return ioctl_create(argp);
	case IOCTL_BLKSNAP_SNAPSHOT_DESTROY:
		return ioctl_with_id(argp, snapshot_destroy);
	case IOCTL_BLKSNAP_SNAPSHOT_APPEND_STORAGE:
		return ioctl_append_storage(argp);
	case IOCTL_BLKSNAP_SNAPSHOT_TAKE:
		return ioctl_with_id(argp, snapshot_take);
	case IOCTL_BLKSNAP_SNAPSHOT_COLLECT:
		return ioctl_collect(argp);
	case IOCTL_BLKSNAP_SNAPSHOT_WAIT_EVENT:
		return ioctl_wait_event(argp);
	default:
		return -ENOTTY;
	}
}

#define IOCTL_APPEND_STORAGE_32						\
	_IOW(BLKSNAP, blksnap_ioctl_snapshot_append_storage, struct append_storage_32)
#define IOCTL_COLLECT_32							\
	_IOW(BLKSNAP, blksnap_ioctl_snapshot_collect, struct collect_32)

static int ioctl_append_storage_32(void __user *argp)
{
	struct blksnap_snapshot_append_storage arg;
	struct append_storage_32 arg32;

	if (copy_from_user(&arg32, argp, sizeof(arg32)))
		return -EFAULT;
	arg.id = arg32.id;
	arg.bdev_path = (__force void *)compat_ptr(arg32.bdev_path);
	arg.bdev_path_size = arg32.bdev_path_size;
	arg.count = arg32.count;
	arg.ranges = (__force void *)compat_ptr(arg32.ranges);
	return append_storage(&arg);
}

static int ioctl_collect_32(struct collect_32 __user *argp)
{
	struct collect_32 arg;

	if (copy_from_user(&arg, argp, sizeof(arg)))
		return -EFAULT;
	return collect(&argp->count, compat_ptr(arg.ids), arg.count);
}

static long control_ioctl_32(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argp = compat_ptr(arg);

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (cmd == IOCTL_APPEND_STORAGE_32)
		return ioctl_append_storage_32(argp);
	if (cmd == IOCTL_COLLECT_32)
		return ioctl_collect_32(argp);
	return control_ioctl(file, cmd, (unsigned long)argp);
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = control_ioctl,
	.compat_ioctl = control_ioctl_32,
};

static struct miscdevice control_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = BLKSNAP_CTL,
	.fops = &control_fops,
	.mode = 0600,
};

int control_init(void)
{
	int ret = blkfilter_register(&filter_ops);

	if (ret) {
		pr_err("cannot register the filter: one of its name is there (error %d)\n", ret);
		return ret;
	}
	ret = misc_register(&control_device);
	if (ret)
		blkfilter_unregister(&filter_ops);
	return ret;
}

void control_exit(void)
{
	misc_deregister(&control_device);
	blkfilter_unregister(&filter_ops);
}
