// SPDX-License-Identifier: GPL-2.0
/*
 * All input is fetched and checked here, once; all output is copied here, with no lock
 * held. The structures with pointers in them look different in 32-bit programs: those are
 * fetched as what they are and widened.
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

/* Arrays of the user's are handled in pieces of so many bytes. */
#define PIECE_SIZE	(16 * PAGE_SIZE)

struct compat_cbtmap {
	u32 offset;
	u32 length;
	compat_uptr_t buffer;
};

struct compat_cbtdirty {
	u32 count;
	compat_uptr_t dirty_sectors;
};

struct compat_append_storage {
	struct blksnap_uuid id;
	compat_uptr_t bdev_path;
	u32 bdev_path_size;
	u32 count;
	compat_uptr_t ranges;
};

struct compat_collect {
	u32 count;
	compat_uptr_t ids;
};

/* Shorter than the other where 32-bit callers align 64 bits to 32, as on x86. */
struct compat_cbtinfo {
	compat_u64 device_capacity;
	u32 block_size;
	u32 block_count;
	struct blksnap_uuid generation_id;
	u8 changes_number;
};

static_assert(sizeof(struct compat_cbtmap) == 12);
static_assert(sizeof(struct compat_cbtdirty) == 8);
static_assert(sizeof(struct compat_append_storage) == 32);
static_assert(sizeof(struct compat_collect) == 8);
static_assert(sizeof(struct compat_cbtinfo) <= sizeof(struct blksnap_cbtinfo));
static_assert(offsetof(struct compat_cbtinfo, changes_number) ==
	      offsetof(struct blksnap_cbtinfo, changes_number));

/*
 * Commands of the filter
 */

static int ctl_cbtinfo(struct tracker *tracker, void __user *buf, u32 len)
{
	struct blksnap_cbtinfo info;
	size_t size = in_compat_syscall() ? sizeof(struct compat_cbtinfo) : sizeof(info);
	int ret;

	if (len < size)
		return -EINVAL;
	ret = tracker_refresh(tracker, false);
	if (ret)
		return ret;
	tracker_info(tracker, &info);
	return copy_to_user(buf, &info, size) ? -EFAULT : 0;
}

static int get_cbtmap(struct blksnap_cbtmap *map, void __user *buf, u32 len)
{
	struct compat_cbtmap compat;

	if (!in_compat_syscall()) {
		if (len < sizeof(*map))
			return -EINVAL;
		return copy_from_user(map, buf, sizeof(*map)) ? -EFAULT : 0;
	}
	if (len < sizeof(compat))
		return -EINVAL;
	if (copy_from_user(&compat, buf, sizeof(compat)))
		return -EFAULT;
	map->offset = compat.offset;
	map->length = compat.length;
	map->buffer = (__force void *)compat_ptr(compat.buffer);
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
	struct compat_cbtdirty compat;

	if (!in_compat_syscall()) {
		if (len < sizeof(*dirty))
			return -EINVAL;
		return copy_from_user(dirty, buf, sizeof(*dirty)) ? -EFAULT : 0;
	}
	if (len < sizeof(compat))
		return -EINVAL;
	if (copy_from_user(&compat, buf, sizeof(compat)))
		return -EFAULT;
	dirty->count = compat.count;
	dirty->dirty_sectors = (__force void *)compat_ptr(compat.dirty_sectors);
	return 0;
}

static int check_dirty(const struct blksnap_sectors *range, sector_t capacity)
{
	return range->count && range->offset < capacity &&
	       range->count <= capacity - range->offset ? 0 : -EINVAL;
}

/* walk_dirty - checks all ranges, or marks them, a piece at a time */
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

	ret = get_cbtdirty(&dirty, buf, len) ?: tracker_refresh(tracker, false);
	if (ret)
		return ret;
	piece = kvmalloc(PIECE_SIZE, GFP_KERNEL);
	if (!piece)
		return -ENOMEM;
	/* First look whether all are good, so that nothing is left half done. */
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

	/* All at once, so that all or nothing is appended; what a user may pin is bounded. */
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

/* Without an array only the number is asked for: clients of the interface call that first. */
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
	/* An event is not to be lost for a bad pointer. */
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

#define COMPAT_IOCTL_APPEND_STORAGE						\
	_IOW(BLKSNAP, blksnap_ioctl_snapshot_append_storage, struct compat_append_storage)
#define COMPAT_IOCTL_COLLECT							\
	_IOW(BLKSNAP, blksnap_ioctl_snapshot_collect, struct compat_collect)

static int compat_ioctl_append_storage(void __user *argp)
{
	struct blksnap_snapshot_append_storage arg;
	struct compat_append_storage compat;

	if (copy_from_user(&compat, argp, sizeof(compat)))
		return -EFAULT;
	arg.id = compat.id;
	arg.bdev_path = (__force void *)compat_ptr(compat.bdev_path);
	arg.bdev_path_size = compat.bdev_path_size;
	arg.count = compat.count;
	arg.ranges = (__force void *)compat_ptr(compat.ranges);
	return append_storage(&arg);
}

static int compat_ioctl_collect(struct compat_collect __user *argp)
{
	struct compat_collect arg;

	if (copy_from_user(&arg, argp, sizeof(arg)))
		return -EFAULT;
	return collect(&argp->count, compat_ptr(arg.ids), arg.count);
}

static long control_compat_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argp = compat_ptr(arg);

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (cmd == COMPAT_IOCTL_APPEND_STORAGE)
		return compat_ioctl_append_storage(argp);
	if (cmd == COMPAT_IOCTL_COLLECT)
		return compat_ioctl_collect(argp);
	return control_ioctl(file, cmd, (unsigned long)argp);
}

static const struct file_operations control_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = control_ioctl,
	.compat_ioctl = control_compat_ioctl,
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
