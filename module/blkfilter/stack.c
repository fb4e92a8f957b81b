// SPDX-License-Identifier: GPL-2.0
/*
 * Which block device lies on which, and whose writes cannot all be seen.
 *
 * The kernel keeps no pointers from a device to those that it uses which a module could follow.
 * But it keeps a link to each in a folder "slaves" of sysfs, and loop devices tell their file's
 * device. Both are asked here as objects, never by a path: what a path leads to depends on the
 * caller's mounts, and where it leads nowhere nobody knows whether there is nothing.
 *
 * Nodes of sysfs are found from its root on. Each step takes a reference, and a link has one to
 * what it points at: devices may come and go meanwhile. All of it may sleep.
 *
 * Questions are answered with 1 for yes, 0 for no, and an error when it cannot be told; then
 * whoever asked refuses.
 */
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include "blkfilter.h"

/* device mapper on md on device mapper ... more is a loop or a joke */
#define MAX_DEPTH	8

static int is_stacked_on(struct device *upper, struct device *lower, unsigned int depth);

static struct device *device_of(struct block_device *bdev)
{
	return compat_part_device(compat_part_of(bdev));
}

static struct device *whole(struct device *dev)
{
	return disk_to_dev(compat_device_disk(dev));
}

/* The node of a device's link in /sys/class/block, with a reference; or NULL. */
static struct kernfs_node *class_link(struct device *dev)
{
	struct kernfs_node *classes = sysfs_get_dirent(compat_sysfs_root(), "class");
	struct kernfs_node *blocks = classes ? sysfs_get_dirent(classes, "block") : NULL;
	struct kernfs_node *link = blocks ? sysfs_get_dirent(blocks, dev_name(dev)) : NULL;

	sysfs_put(blocks);
	sysfs_put(classes);
	if (link && kernfs_type(link) != KERNFS_LINK) {
		sysfs_put(link);
		return NULL;
	}
	return link;
}

/*
 * The node of the folder with links to what a disk uses, with a reference; NULL if the disk is
 * going away, and passes no I/O on any more, or is not yet there; or an ERR_PTR().
 */
static struct kernfs_node *slaves_of(struct device *disk)
{
	struct kernfs_node *link = class_link(disk);
	struct kernfs_node *slaves = NULL;

	if (link)
		slaves = sysfs_get_dirent(link->symlink.target_kn, "slaves");
	sysfs_put(link);
	if (!slaves && disk_live(dev_to_disk(disk)))
		return ERR_PTR(-ENOENT);
	return slaves;
}

static bool has_link(struct kernfs_node *folder, struct device *dev)
{
	struct kernfs_node *link = folder ? sysfs_get_dirent(folder, dev_name(dev)) : NULL;

	sysfs_put(link);
	return link;
}

/* uses - whether a disk directly uses a device */
static int uses(struct device *upper, struct device *lower)
{
	struct kernfs_node *slaves = slaves_of(whole(upper));
	int ret;

	if (IS_ERR(slaves))
		return PTR_ERR(slaves);
	ret = has_link(slaves, lower);
	sysfs_put(slaves);
	return ret;
}

/*
 * What the loop driver says about a loop device's file. It writes that to user memory only: to a
 * page that is mapped for this purpose.
 */
static int loop_status(struct block_device *loop, struct loop_info64 *info)
{
	unsigned long page;
	int ret;

	if (!current->mm || !loop->bd_disk->fops->ioctl)
		return -EINVAL;
	page = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, 0);
	if (IS_ERR_VALUE(page))
		return page;
	ret = loop->bd_disk->fops->ioctl(loop, 0, LOOP_GET_STATUS64, page);
	if (!ret && copy_from_user(info, (void __user *)page, sizeof(*info)))
		ret = -EFAULT;
	vm_munmap(page, PAGE_SIZE);
	return ret;
}

struct super_search {
	dev_t dev;
	bool found;
};

static void compare_super(struct super_block *super, void *data)
{
	struct super_search *search = data;

	if (super->s_dev == search->dev)
		search->found = true;
}

/*
 * is_tmpfs - whether a device number is that of a tmpfs, which keeps its files in memory
 *
 * A page of it may be swapped out, but the loop driver never waits for that: it allocates without
 * __GFP_IO.
 */
static bool is_tmpfs(dev_t dev)
{
	struct file_system_type *type = get_fs_type("tmpfs");
	struct super_search search = { .dev = dev };

	if (!type)
		return false;
	iterate_supers_type(type, compare_super, &search);
	module_put(type->owner);
	return search.found;
}

/*
 * The device with a loop device's file, or that is its file, with a reference; NULL if it has none;
 * or an ERR_PTR(). Files of other file systems that are on no single device (btrfs, a network's)
 * have a device number that is none of a device, either.
 */
static struct device *loop_file_device(struct device *loop)
{
	struct compat_bdev_file *file = compat_bdev_open_dev(loop->devt);
	struct loop_info64 info;
	struct device *dev;
	dev_t devt;
	int ret;

	if (IS_ERR(file))
		return ERR_CAST(file);
	ret = loop_status(compat_bdev_of(file), &info);
	compat_bdev_close(file);
	if (ret)
		return ret == -ENXIO ? NULL : ERR_PTR(ret);
	/* The device that it is, or the one that it is on. */
	devt = huge_decode_dev(info.lo_rdevice ?: info.lo_device);
	dev = class_find_device_by_devt(loop->class, devt);
	if (!dev && is_tmpfs(devt))
		return NULL;
	return dev ?: ERR_PTR(-ENODEV);
}

static int loop_is_stacked_on(struct device *loop, struct device *lower, unsigned int depth)
{
	struct device *dev = loop_file_device(loop);
	int ret;

	if (IS_ERR_OR_NULL(dev))
		return PTR_ERR_OR_ZERO(dev);
	/* The file's device may be the lower one, or a part of the same disk. */
	ret = whole(dev) == whole(lower) ? 1 : is_stacked_on(dev, lower, depth + 1);
	put_device(dev);
	return ret;
}

struct search {
	struct kernfs_node *slaves;
	struct device *lower;
	unsigned int depth;
};

/* For each block device: is it one of those that are used, and does it lie on the lower one? */
static int check_between(struct device *between, void *data)
{
	struct search *search = data;

	if (!has_link(search->slaves, between))
		return 0;
	return between == search->lower ? 1 : is_stacked_on(between, search->lower, search->depth + 1);
}

static int is_stacked_on(struct device *upper, struct device *lower, unsigned int depth)
{
	struct device *disk = whole(upper);
	struct search search = { slaves_of(disk), lower, depth };
	int ret;

	if (IS_ERR(search.slaves))
		return PTR_ERR(search.slaves);
	if (depth > MAX_DEPTH)
		ret = -ELOOP;
	else
		ret = class_for_each_device(lower->class, NULL, &search, check_between);
	sysfs_put(search.slaves);
	if (ret)
		return ret;
	if (MAJOR(disk->devt) == LOOP_MAJOR)
		return loop_is_stacked_on(disk, lower, depth);
	/* zram may write pages to a device that nothing leads to. */
	return dev_to_disk(disk)->fops->swap_slot_free_notify ? -EOPNOTSUPP : 0;
}

/*
 * Whether the upper device is on a device, on a part of it if that is a disk, or on its disk if it
 * is a part.
 */
static int is_on_disk_or_parts(struct device *upper, struct block_device *lower,
			 int (*is_on)(struct device *upper, struct device *lower))
{
	struct device *dev = device_of(lower);
	struct compat_part *part;
	unsigned long index;
	int ret;

	ret = is_on(upper, dev);
	if (ret)
		return ret;
	if (bdev_is_partition(lower))
		return is_on(upper, whole(dev));

	rcu_read_lock();
	for (index = 1; (part = compat_part_next(lower->bd_disk, &index)); index++) {
		dev = compat_part_device(part);
		if (!kobject_get_unless_zero(&dev->kobj))
			continue;
		rcu_read_unlock();
		ret = is_on(upper, dev);
		put_device(dev);
		rcu_read_lock();
		if (ret)
			break;
	}
	rcu_read_unlock();
	return ret;
}

static int is_stacked_on_device(struct device *upper, struct device *lower)
{
	return is_stacked_on(upper, lower, 0);
}

int blkfilter_is_stacked_on(struct block_device *upper, struct block_device *lower)
{
	if (upper->bd_disk == lower->bd_disk)
		return 0;
	return is_on_disk_or_parts(device_of(upper), lower, is_stacked_on_device);
}
EXPORT_SYMBOL_GPL(blkfilter_is_stacked_on);

/* Request-based device mapper hands requests, not bios, to the devices below. */
static int is_request_based_user(struct device *upper, void *leg)
{
	struct gendisk *disk = compat_device_disk(upper);

	return queue_is_mq(disk->queue) ? is_on_disk_or_parts(upper, leg, uses) : 0;
}

const char *blkfilter_refusal(struct block_device *bdev)
{
	int ret;

	if (bdev_is_zoned(bdev))
		return "it is zoned";
	if (blk_queue_dax(bdev_get_queue(bdev)))
		return "programs may write to it through mappings (DAX)";
	if (bdev->bd_disk->fops->swap_slot_free_notify)
		return "its driver drops data without a write (zram, when a swap slot is freed)";
	/* earlier.c could not wait for what is under way on its paths. */
	if (passthrough_kind(bdev->bd_disk) == PASSTHROUGH_NVME_HEAD && !COMPAT_QUEUES_STAY)
		return "writes under way to an NVMe multipath device cannot be waited for on this kernel (boot with nvme_core.multipath=N)";
	ret = class_for_each_device(device_of(bdev)->class, NULL, bdev, is_request_based_user);
	if (ret > 0)
		return "it is a path of a request-based multipath device";
	if (ret)
		return "it cannot be told whether it is a path of a request-based multipath device";
	return NULL;
}
EXPORT_SYMBOL_GPL(blkfilter_refusal);
