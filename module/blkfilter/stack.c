// SPDX-License-Identifier: GPL-2.0
/*
 * Which block device lies on which. The kernel keeps no pointers for that which a module
 * could follow; what it knows stands in sysfs, and is read there.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/namei.h>
#include "blkfilter.h"

/* device mapper on md on device mapper ... more is a loop or a joke */
#define MAX_DEPTH	8

static bool lies_on(struct device *upper, struct device *lower, unsigned int depth);

static struct device *device_of(struct block_device *bdev)
{
	return compat_part_device(compat_part_of(bdev));
}

/* in_slaves - whether sysfs lists a device among those that another one directly uses */
static bool in_slaves(struct device *upper, struct device *lower)
{
	struct path path;
	char *name;
	int ret;

	name = kasprintf(GFP_KERNEL, "/sys/class/block/%s/slaves/%s", dev_name(upper),
			 dev_name(lower));
	if (!name)
		return false;
	ret = kern_path(name, 0, &path);
	kfree(name);
	if (ret)
		return false;
	path_put(&path);
	return true;
}

/* backing_device - the device with the file that a loop device shows; NULL for others */
static struct device *backing_device(struct device *loop)
{
	struct block_device *bdev;
	struct device *dev = NULL;
	char *name, *file = NULL;
	struct path path;
	struct file *attr;
	loff_t pos = 0;
	ssize_t len;

	name = kasprintf(GFP_KERNEL, "/sys/class/block/%s/loop/backing_file", dev_name(loop));
	if (!name)
		return NULL;
	attr = filp_open(name, O_RDONLY, 0);
	kfree(name);
	if (IS_ERR(attr))
		return NULL;
	file = kzalloc(PATH_MAX, GFP_KERNEL);
	len = file ? kernel_read(attr, file, PATH_MAX - 1, &pos) : 0;
	fput(attr);
	if (len > 0 && !kern_path(strim(file), LOOKUP_FOLLOW, &path)) {
		struct inode *inode = d_inode(path.dentry);

		if (S_ISBLK(inode->i_mode)) {
			dev = class_find_device_by_devt(loop->class, inode->i_rdev);
		} else {
			bdev = path.dentry->d_sb->s_bdev;
			dev = bdev ? get_device(device_of(bdev)) : NULL;
		}
		path_put(&path);
	}
	kfree(file);
	return dev;
}

struct search {
	struct device *upper;
	struct device *lower;
	unsigned int depth;
};

/* For each block device between: does the upper one use it, and does it lie on the lower? */
static int try_between(struct device *between, void *data)
{
	struct search *search = data;

	if (between == search->upper || between == search->lower)
		return 0;
	return in_slaves(search->upper, between) &&
	       lies_on(between, search->lower, search->depth + 1);
}

static struct device *whole(struct device *dev)
{
	return disk_to_dev(compat_device_disk(dev));
}

static bool lies_on(struct device *upper, struct device *lower, unsigned int depth)
{
	struct search search = { whole(upper), lower, depth };
	struct device *backing;
	bool found;

	if (depth > MAX_DEPTH)
		return false;
	if (in_slaves(search.upper, lower) ||
	    class_for_each_device(lower->class, NULL, &search, try_between))
		return true;
	backing = backing_device(search.upper);
	if (!backing)
		return false;
	/* The file's device may be the lower one, or a part of the same disk. */
	found = whole(backing) == whole(lower) || lies_on(backing, lower, depth + 1);
	put_device(backing);
	return found;
}

/*
 * Whether the upper device is on a device, on a part of it if that is a disk, or on its disk if it
 * is a part.
 */
static bool is_on_related(struct device *upper, struct block_device *lower,
			  bool (*is_on)(struct device *upper, struct device *lower))
{
	struct device *dev = device_of(lower);
	struct compat_part *part;
	unsigned long index;
	bool found = false;

	if (is_on(upper, dev))
		return true;
	if (bdev_is_partition(lower))
		return is_on(upper, whole(dev));

	rcu_read_lock();
	for (index = 1; (part = compat_part_next(lower->bd_disk, &index)); index++) {
		dev = compat_part_device(part);
		if (!kobject_get_unless_zero(&dev->kobj))
			continue;
		rcu_read_unlock();
		found = is_on(upper, dev);
		put_device(dev);
		rcu_read_lock();
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}

static bool lies_on_somehow(struct device *upper, struct device *lower)
{
	return lies_on(upper, lower, 0);
}

bool blkfilter_lies_on(struct block_device *upper, struct block_device *lower)
{
	return upper->bd_disk != lower->bd_disk &&
	       is_on_related(device_of(upper), lower, lies_on_somehow);
}
EXPORT_SYMBOL_GPL(blkfilter_lies_on);

/* Request-based device mapper hands requests, not bios, to the devices below. */
static int is_request_based_user(struct device *upper, void *leg)
{
	struct gendisk *disk = compat_device_disk(upper);

	return queue_is_mq(disk->queue) && is_on_related(upper, leg, in_slaves);
}

/**
 * stack_refusal - why the writes to a device cannot all be seen
 * @bdev: the device
 *
 * Return: a phrase for the log, or NULL if they can.
 */
const char *stack_refusal(struct block_device *bdev)
{
	if (bdev_is_zoned(bdev))
		return "it is zoned";
	if (blk_queue_dax(bdev_get_queue(bdev)))
		return "programs may write to it through mappings (DAX)";
	if (class_for_each_device(device_of(bdev)->class, NULL, bdev, is_request_based_user))
		return "it is a path of a request-based multipath device";
	return NULL;
}
