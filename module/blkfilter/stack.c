// SPDX-License-Identifier: GPL-2.0
/*
 * Tells whether a block device is stacked on another one, and which devices cannot be filtered.
 *
 * The kernel has no pointers from a device to the devices below it that a module could follow. But a
 * disk has a directory "slaves" in sysfs with a link to each of them, and the loop driver reports the
 * device of its file. Both are used through kernel objects and never by path: what a path resolves to
 * depends on the mounts of the caller, and a path that does not resolve proves nothing.
 *
 * Nodes of sysfs are looked up from its root. Each lookup takes a reference, and a link holds one on
 * its target, since devices may be added and removed at any time. All functions may sleep.
 *
 * They return 1 for yes, 0 for no, and a negative errno if the answer is unknown. The caller then
 * refuses the device.
 */
#include <linux/fs.h>
#include <linux/loop.h>
#include <linux/major.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sysfs.h>
#include <linux/uaccess.h>
#include "blkfilter.h"

/* No sane stack of device mapper, md and loop devices is deeper. */
#define MAX_DEPTH	8

static int is_stacked_on(struct device *upper, struct device *lower, unsigned int depth);

static struct device *device_of(struct block_device *bdev)
{
	return compat_part_device(compat_part_of(bdev));
}

static struct device *disk_of_device(struct device *dev)
{
	return disk_to_dev(compat_device_disk(dev));
}

/* Get the node of a device's link in /sys/class/block, with a reference; or NULL. */
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
 * Get the node of a disk's directory "slaves", with a reference. NULL if the disk is being removed
 * and passes on no I/O any more, or is not added yet. Otherwise an ERR_PTR().
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

static bool has_link(struct kernfs_node *dir, struct device *dev)
{
	struct kernfs_node *link = dir ? sysfs_get_dirent(dir, dev_name(dev)) : NULL;

	sysfs_put(link);
	return link;
}

/* uses_directly - tell whether a disk is stacked immediately on a device */
static int uses_directly(struct device *upper, struct device *lower)
{
	struct kernfs_node *slaves = slaves_of(disk_of_device(upper));
	int ret;

	if (IS_ERR(slaves))
		return PTR_ERR(slaves);
	ret = has_link(slaves, lower);
	sysfs_put(slaves);
	return ret;
}

/*
 * Ask the loop driver for the status of a loop device. The driver copies it to user memory only, so
 * a page is mapped for it.
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
 * is_tmpfs - tell whether a device number is that of a tmpfs, whose files are on no block device
 *
 * A page of such a file can be swapped out. But the loop driver does not wait for that, because it
 * allocates without __GFP_IO.
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
 * Get the block device that backs a loop device, with a reference: its file, or the device of the file
 * system with the file. NULL if the loop device has no file, or one on a tmpfs. Otherwise an ERR_PTR():
 * a file system that is on no single device (btrfs, a network file system) has a device number that
 * belongs to no device.
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
	/* The file itself, if it is a device, or the device of its file system. */
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
	/* The backing device may be the lower one, or a partition of the same disk. */
	ret = disk_of_device(dev) == disk_of_device(lower) ? 1 : is_stacked_on(dev, lower, depth + 1);
	put_device(dev);
	return ret;
}

struct stack_search {
	struct kernfs_node *slaves;
	struct device *lower;
	unsigned int depth;
};

/* Called for each block device: is it directly below, and is it the lower one or stacked on it? */
static int check_between(struct device *between, void *data)
{
	struct stack_search *search = data;

	if (!has_link(search->slaves, between))
		return 0;
	return between == search->lower ? 1 : is_stacked_on(between, search->lower, search->depth + 1);
}

static int is_stacked_on(struct device *upper, struct device *lower, unsigned int depth)
{
	struct device *disk = disk_of_device(upper);
	struct stack_search search = { slaves_of(disk), lower, depth };
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
	/* zram may have a backing device, which it has no link to. */
	return dev_to_disk(disk)->fops->swap_slot_free_notify ? -EOPNOTSUPP : 0;
}

/*
 * Tell whether @is_on holds for the upper device and the lower one, any partition of the lower one if
 * that is a disk, or the disk of the lower one if that is a partition.
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
		return is_on(upper, disk_of_device(dev));

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

/* Request-based device mapper passes requests, not bios, to the devices below. */
static int is_request_based_user(struct device *upper, void *leg)
{
	struct gendisk *disk = compat_device_disk(upper);

	return queue_is_mq(disk->queue) ? is_on_disk_or_parts(upper, leg, uses_directly) : 0;
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
	/* earlier.c could not wait for writes in flight on its paths. */
	if (passthrough_kind(bdev->bd_disk) == PASSTHROUGH_NVME_HEAD && !COMPAT_QUEUES_STAY)
		return "writes in flight to an NVMe multipath device cannot be waited for on this kernel (boot with nvme_core.multipath=N)";
	ret = class_for_each_device(device_of(bdev)->class, NULL, bdev, is_request_based_user);
	if (ret > 0)
		return "it is a path of a request-based multipath device";
	if (ret)
		return "it cannot be told whether it is a path of a request-based multipath device";
	return NULL;
}
EXPORT_SYMBOL_GPL(blkfilter_refusal);
