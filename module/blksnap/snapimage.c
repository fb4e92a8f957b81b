// SPDX-License-Identifier: GPL-2.0
/*
 * A read is split at the places where its data changes hands (diff_area_locate()), each
 * part is answered from where it is. What was read from the origin counts only if the origin
 * still has it afterwards; else that part is looked up again, by the worker, since the end
 * of a read may be no place to submit from.
 *
 * A write has its blocks brought to the storage first, as a write to the origin would have,
 * then goes there. That sleeps, so the worker does it.
 *
 * Each bio that is worked on counts as a user of the image, so that snapimage_free() can
 * wait for all of them. The split parts come through snapimage_submit_bio() again.
 */
#include <linux/bio.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <uapi/linux/blksnap.h>
#include "../idle.h"
#include "diff_area.h"
#include "snapimage.h"
#include "tracker.h"

#define IMAGE_BIOS	16

/**
 * struct snapimage - an image
 * @disk: its block device; owns the structure once it is shown
 * @id: of the snapshot
 * @origin: name of the device it is the image of, as it was at the take
 * @minor: of its number, negative as long as it has none
 * @named: the name of @disk is its own, and @disk is there; under minors_lock
 * @tracker: of the origin
 * @area: where the data is
 * @users: bios that are worked on, plus one until snapimage_free(); with 0 the image
 *	answers -EIO
 * @unused: completed when @users is 0
 * @bios: for struct part
 * @splits: for splitting
 * @wq: runs @work
 * @work: does what may sleep
 * @lock: protects @waiting; taken in any context
 * @waiting: bios for @work, each a user
 */
struct snapimage {
	struct gendisk *disk;
	struct blksnap_uuid id;
	char origin[BDEVNAME_SIZE];
	int minor;
	bool named;
	struct tracker *tracker;
	struct diff_area *area;
	atomic_t users;
	struct completion unused;
	struct bio_set bios;
	struct bio_set splits;
	struct workqueue_struct *wq;
	struct work_struct work;
	spinlock_t lock;
	struct bio_list waiting;
};

/**
 * struct part - I/O on behalf of a bio of the image
 * @image: the image
 * @parent: the bio
 * @from_origin: what is read may have become untrue
 * @bio: does it
 */
struct part {
	struct snapimage *image;
	struct bio *parent;
	bool from_origin;
	struct bio bio;
};

/*
 * A major number of their own keeps images away from whoever looks through all disks for what
 * belongs together: LVM passes over what it does not know.
 */
static int major;
static DEFINE_IDR(minors);
static DEFINE_MUTEX(minors_lock);

/*
 * A number is not used again soon: in older kernels it leads who opens it to the disk that
 * had it before, as long as somebody has that open.
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

/* Called with minors_lock held. */
static bool is_name_of_image(const char *name)
{
	struct snapimage *image;
	int minor;

	idr_for_each_entry(&minors, image, minor)
		if (image->named && !strcmp(image->disk->disk_name, name))
			return true;
	return false;
}

/*
 * It has the number of its origin in it. When the origin has gone, another device may get the
 * number, and a snapshot, while the image is still there. Each name that is in use is another
 * snapshot that is held.
 */
static void get_name(struct snapimage *image, dev_t dev)
{
	char *name = image->disk->disk_name;
	unsigned int i;
	int len;

	len = snprintf(name, DISK_NAME_LEN, BLKSNAP_IMAGE_NAME "_%u:%u", MAJOR(dev), MINOR(dev));
	mutex_lock(&minors_lock);
	for (i = 1; is_name_of_image(name); i++)
		snprintf(name + len, DISK_NAME_LEN - len, "_%u", i);
	image->named = true;
	mutex_unlock(&minors_lock);
}

static void put_name(struct snapimage *image)
{
	mutex_lock(&minors_lock);
	image->named = false;
	mutex_unlock(&minors_lock);
}

/* Images whose memory is still there; their code has to be, too. */
static atomic_t images = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(no_image);

static bool get_image(struct snapimage *image)
{
	return atomic_inc_not_zero(&image->users);
}

static void put_image(struct snapimage *image)
{
	if (atomic_dec_and_test(&image->users))
		complete(&image->unused);
}

/*
 * Ends a bio of the image. Data that was found after a failure is not to be trusted. What was
 * cut off from it may have failed already, and that stays.
 */
static void end(struct snapimage *image, struct bio *bio, blk_status_t status)
{
	smp_rmb(); /* first the data, then the error */
	if (diff_area_error(image->area))
		status = BLK_STS_IOERR;
	if (status)
		bio->bi_status = status;
	bio_endio(bio);
	put_image(image); /* the bio may be of the image's own memory */
}

static void hand_to_worker(struct snapimage *image, struct bio *bio)
{
	unsigned long flags;

	spin_lock_irqsave(&image->lock, flags);
	bio_list_add(&image->waiting, bio);
	/* With the lock held: once the worker has ended the bio, the image may go. */
	queue_work(image->wq, &image->work);
	spin_unlock_irqrestore(&image->lock, flags);
}

static void part_end(struct bio *bio)
{
	struct part *part = container_of(bio, struct part, bio);
	struct snapimage *image = part->image;
	bool from_origin = part->from_origin;
	struct bio *parent = part->parent;
	blk_status_t status = bio->bi_status;

	bio_put(bio);
	if (from_origin) {
		smp_rmb(); /* first the data, then whether it was still there */
		if (!status && !diff_area_is_uncopied(image->area, parent->bi_iter.bi_sector,
						      bio_sectors(parent))) {
			diff_area_put_origin(image->area);
			hand_to_worker(image, parent);
			return;
		}
		diff_area_put_origin(image->area);
	}
	end(image, parent, status);
}

/* Sends a bio of the image on to where its data is. */
static void send(struct snapimage *image, struct bio *parent, const struct diff_extent *extent)
{
	struct bio *bio = bio_alloc_clone(extent->bdev, parent, GFP_NOIO, &image->bios);
	struct part *part = container_of(bio, struct part, bio);

	part->image = image;
	part->parent = parent;
	part->from_origin = extent->source == diff_origin;
	bio->bi_iter.bi_sector = extent->sector;
	bio->bi_end_io = part_end;
	/* The image promises nothing beyond the end of its snapshot. */
	bio->bi_opf = bio_op(parent) | (parent->bi_opf & (REQ_SYNC | REQ_RAHEAD));
	submit_bio_noacct(bio);
}

/* Cuts off what lies behind the extent, and submits it by itself. */
static struct bio *cut(struct snapimage *image, struct bio *bio, sector_t count)
{
	struct bio *front;

	if (bio_sectors(bio) <= count)
		return bio;
	front = bio_split(bio, count, GFP_NOIO, &image->splits);
	bio_chain(front, bio);
	/* The rest is a user when it comes back; the front is the one that was counted. */
	submit_bio_noacct(bio);
	return front;
}

static void read_image(struct snapimage *image, struct bio *bio)
{
	struct diff_area *area = image->area;
	struct diff_extent extent;

	for (;;) {
		if (diff_area_error(area)) {
			end(image, bio, BLK_STS_IOERR);
			return;
		}
		diff_area_locate(area, bio->bi_iter.bi_sector, bio_sectors(bio), &extent);
		bio = cut(image, bio, extent.count);
		switch (extent.source) {
		case diff_origin:
			/* If not, it failed, and the error ends the loop. */
			if (diff_area_get_origin(area)) {
				send(image, bio, &extent);
				return;
			}
			break;
		case diff_memory:
			if (diff_area_read_memory(area, bio)) {
				end(image, bio, BLK_STS_OK);
				return;
			}
			break;
		case diff_stored:
			send(image, bio, &extent);
			return;
		case diff_zero:
			zero_fill_bio(bio);
			end(image, bio, BLK_STS_OK);
			return;
		}
	}
}

/* In the worker. */
static void write_image(struct snapimage *image, struct bio *bio)
{
	struct diff_area *area = image->area;
	sector_t sector = bio->bi_iter.bi_sector;
	struct diff_extent extent;

	if (diff_area_make_writable(area, sector, bio_sectors(bio)) ||
	    tracker_mark(image->tracker, sector, bio_sectors(bio), true)) {
		end(image, bio, BLK_STS_IOERR);
		return;
	}
	diff_area_locate(area, sector, bio_sectors(bio), &extent);
	if (extent.source != diff_stored) {
		/* The origin was made storage in between: once more. */
		hand_to_worker(image, bio);
		return;
	}
	bio = cut(image, bio, extent.count);
	send(image, bio, &extent);
}

static void image_work(struct work_struct *work)
{
	struct snapimage *image = container_of(work, struct snapimage, work);
	unsigned int noio = memalloc_noio_save();
	struct bio *bio;

	for (;;) {
		spin_lock_irq(&image->lock);
		bio = bio_list_pop(&image->waiting);
		spin_unlock_irq(&image->lock);
		if (!bio)
			break;
		if (op_is_write(bio_op(bio)))
			write_image(image, bio);
		else
			read_image(image, bio);
	}
	memalloc_noio_restore(noio);
}

static compat_qc_t snapimage_submit_bio(struct bio *bio)
{
	struct snapimage *image = compat_bio_disk(bio)->private_data;

	if (!get_image(image)) {
		bio_io_error(bio);
		return COMPAT_QC_NONE;
	}
	if (!bio_sectors(bio))
		end(image, bio, BLK_STS_OK); /* a flush: there is nothing that must persist */
	else if (bio_op(bio) == REQ_OP_READ)
		read_image(image, bio);
	else if (bio_op(bio) == REQ_OP_WRITE)
		hand_to_worker(image, bio);
	else
		end(image, bio, BLK_STS_NOTSUPP);
	return COMPAT_QC_NONE;
}

static void free_image(struct snapimage *image)
{
	if (image->wq)
		destroy_workqueue(image->wq);
	bioset_exit(&image->splits);
	bioset_exit(&image->bios);
	if (image->minor >= 0)
		free_minor(image->minor);
	kfree(image);
	if (atomic_dec_and_test(&images))
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
	wait_event_idle(no_image, !atomic_read(&images));
	synchronize_rcu_tasks(); /* the last one may just be returning */
	idr_destroy(&minors);
}

/* The last one who had it open is gone. */
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
 * What /sys/block/NAME/blksnap tells, for rules of udev. The files are gone before the image
 * is.
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
 * A write to the image goes on to the storage with the pages that it came with. If checksums are
 * made of them there, they must not change on the way. That is asked for whatever the storage is:
 * some that needs it may be appended later, and a file system looks only when it is mounted. It
 * costs no more than a wait for those who write to the same page again meanwhile.
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
	get_name(image, area->dev);
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
	atomic_inc(&images);
	image->id = *id;
	snprintf(image->origin, sizeof(image->origin), "%pg", area->origin);
	image->tracker = tracker;
	image->area = area;
	atomic_set(&image->users, 1);
	init_completion(&image->unused);
	spin_lock_init(&image->lock);
	bio_list_init(&image->waiting);
	INIT_WORK(&image->work, image_work);

	image->wq = alloc_workqueue("blksnap-image-%u:%u", WQ_MEM_RECLAIM | WQ_PERCPU, 1,
				    MAJOR(area->dev), MINOR(area->dev));
	ret = image->wq ? 0 : -ENOMEM;
	ret = ret ?: bioset_init(&image->bios, IMAGE_BIOS, offsetof(struct part, bio),
				 BIOSET_NEED_RESCUER);
	ret = ret ?: bioset_init(&image->splits, IMAGE_BIOS, 0, BIOSET_NEED_RESCUER);
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

	put_image(image);
	idle_wait_for_completion(&image->unused);
	if (shown) {
		del_gendisk(disk);
		/* To whoever has it open it is to be a broken device, not one that ends here. */
		set_capacity(disk, capacity);
	}
	put_name(image);
	compat_put_disk(disk, shown);
	if (!shown || !COMPAT_CALLS_FREE_DISK)
		free_image(image);
}
