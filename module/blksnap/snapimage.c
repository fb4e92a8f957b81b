// SPDX-License-Identifier: GPL-2.0
/*
 * The block devices of images: their numbers and names, their life, and what sysfs shows.
 */
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include "snapimage_internal.h"

/*
 * Images have a major number of their own, so that LVM ignores them. It would find the volume groups of
 * the origins a second time.
 */
static int major;
static DEFINE_IDR(minors);
/* Protects minors, and the names of images. */
static DEFINE_MUTEX(minors_lock);

/* Images that are not freed; the module's code must stay for them. */
static atomic_t nr_images = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(no_image);

/*
 * Numbers are allocated cyclically. In older kernels, a number that is reused leads to its previous disk
 * as long as somebody has that open.
 */
static int new_minor(struct snapimage *image)
{
	int minor;

	mutex_lock(&minors_lock);
	minor = idr_alloc_cyclic(&minors, image, 0, MINORMASK + 1, GFP_KERNEL);
	mutex_unlock(&minors_lock);
	return minor;
}

static void free_minor(int minor)
{
	mutex_lock(&minors_lock);
	idr_remove(&minors, minor);
	mutex_unlock(&minors_lock);
}

/* Context: minors_lock. */
static bool name_is_used(const char *name)
{
	struct snapimage *image;
	int minor;

	idr_for_each_entry(&minors, image, minor)
		if (image->named && !strcmp(image->disk->disk_name, name))
			return true;
	return false;
}

/*
 * The name of an image contains the device number of its origin. If the origin is removed while the
 * image exists, another device may get its number and a snapshot. Then the name gets a suffix.
 */
static void assign_name(struct snapimage *image, dev_t dev)
{
	char *name = image->disk->disk_name;
	unsigned int i;
	int len;

	len = snprintf(name, DISK_NAME_LEN, BLKSNAP_IMAGE_NAME "_%u:%u", MAJOR(dev), MINOR(dev));
	mutex_lock(&minors_lock);
	for (i = 1; name_is_used(name); i++)
		snprintf(name + len, DISK_NAME_LEN - len, "_%u", i);
	image->named = true;
	mutex_unlock(&minors_lock);
}

static void release_name(struct snapimage *image)
{
	mutex_lock(&minors_lock);
	image->named = false;
	mutex_unlock(&minors_lock);
}

static void free_image(struct snapimage *image)
{
	snapimage_io_exit(image);
	if (image->minor >= 0)
		free_minor(image->minor);
	kfree(image);
	if (atomic_dec_and_test(&nr_images))
		wake_up(&no_image);
}

int snapimage_init(void)
{
	int ret = register_blkdev(0, BLKSNAP_IMAGE_NAME);

	if (ret < 0)
		return ret;
	major = ret;
	return 0;
}

void snapimage_exit(void)
{
	unregister_blkdev(major, BLKSNAP_IMAGE_NAME);
	wait_event_idle(no_image, !atomic_read(&nr_images));
	synchronize_rcu_tasks(); /* a task may still be returning from free_image() */
	idr_destroy(&minors);
}

/* Called after the last close. */
static void __maybe_unused snapimage_free_disk(struct gendisk *disk)
{
	free_image(disk->private_data);
}

static const struct block_device_operations snapimage_fops = {
	.owner = THIS_MODULE,
	COMPAT_SUBMIT_BIO(snapimage_submit_bio)
	COMPAT_FREE_DISK(snapimage_free_disk)
};

bool snapimage_is_image(struct block_device *bdev)
{
	return bdev->bd_disk->fops == &snapimage_fops;
}

/*
 * The attributes in /sys/block/NAME/blksnap, for udev rules. They are removed before the image is freed.
 */

static const struct snapimage *image_of(struct device *dev)
{
	return dev_to_disk(dev)->private_data;
}

static ssize_t snapshot_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%pUb\n", image_of(dev)->id.b);
}

static DEVICE_ATTR_RO(snapshot);

static ssize_t origin_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", image_of(dev)->origin);
}

static DEVICE_ATTR_RO(origin);

static struct attribute *attributes[] = {
	&dev_attr_snapshot.attr,
	&dev_attr_origin.attr,
	NULL,
};

static const struct attribute_group group = {
	.name = "blksnap",
	.attrs = attributes,
};

static const struct attribute_group *groups[] = {
	&group,
	NULL,
};

/*
 * A write to the image passes its pages on to the storage. If the storage computes checksums of them,
 * they must not change meanwhile, so the image asks for stable writes. It does so for any storage,
 * because storage may be appended later, and a file system reads the flag only when it is mounted.
 */
static int init_disk(struct snapimage *image, const struct diff_area *area)
{
	struct queue_limits limits = {
		.logical_block_size = area->block_size,
		.physical_block_size = area->physical_block_size,
		.io_min = area->physical_block_size,
		COMPAT_STABLE_WRITES
		COMPAT_DMA_ALIGNMENT(max(area->block_size, 512U) - 1)
	};
	struct gendisk *disk = compat_alloc_disk(&limits, snapimage_submit_bio);

	if (IS_ERR(disk))
		return PTR_ERR(disk);
	compat_disk_set_stable_writes(disk);
	image->disk = disk;
	disk->major = major;
	disk->first_minor = image->minor;
	disk->minors = 1;
	disk->flags |= GENHD_FL_NO_PART;
	disk->fops = &snapimage_fops;
	disk->private_data = image;
	assign_name(image, area->dev);
	set_capacity(disk, area->capacity);
	return 0;
}

struct snapimage *snapimage_new(const struct blksnap_uuid *id, struct tracker *tracker,
				struct diff_area *area)
{
	struct snapimage *image = kzalloc(sizeof(*image), GFP_KERNEL);
	int ret;

	if (!image)
		return ERR_PTR(-ENOMEM);
	atomic_inc(&nr_images);
	image->id = *id;
	snprintf(image->origin, sizeof(image->origin), "%pg", area->origin);
	image->tracker = tracker;
	image->area = area;
	ret = snapimage_io_init(image);
	image->minor = new_minor(image);
	ret = ret ?: min(image->minor, 0);
	ret = ret ?: init_disk(image, area);
	if (ret) {
		free_image(image);
		return ERR_PTR(ret);
	}
	return image;
}

int snapimage_show(struct snapimage *image)
{
	return device_add_disk(NULL, image->disk, groups);
}

const char *snapimage_name(const struct snapimage *image)
{
	return image->disk->disk_name;
}

void snapimage_free(struct snapimage *image)
{
	struct gendisk *disk = image->disk;
	sector_t capacity = get_capacity(disk);
	bool shown = disk_live(disk);

	snapimage_io_stop(image);
	if (shown) {
		del_gendisk(disk);
		/* So that who has it open gets errors, not the end of the device. */
		set_capacity(disk, capacity);
	}
	release_name(image);
	compat_put_disk(disk, shown);
	if (!shown || !COMPAT_CALLS_FREE_DISK)
		free_image(image);
}
