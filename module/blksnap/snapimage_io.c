// SPDX-License-Identifier: GPL-2.0
/*
 * Reading and writing an image.
 *
 * A read is split where the place of its data changes (diff_area_locate()), and each piece is read from
 * its place. Data that was read from the origin is valid only if the origin still has it afterwards.
 * Otherwise the worker looks the piece up again, because the completion handler of a read may be
 * unable to submit bios.
 *
 * A write first has its blocks copied to the storage, like a write to the origin, and then goes there.
 * That sleeps, so the worker does it.
 *
 * Each bio that is being processed is a user of the image, and snapimage_io_stop() waits for all users.
 * The rest of a split bio comes through snapimage_submit_bio() again.
 */
#include <linux/sched/mm.h>
#include "snapimage_internal.h"

/* Bios that can always be allocated. */
#define IMAGE_BIOS	16

/**
 * struct image_io - I/O to the origin or the storage, for a bio of the image
 * @image: the image
 * @parent: the bio of the image
 * @from_origin: it reads from the origin, whose data may be overwritten meanwhile
 * @bio: the I/O
 */
struct image_io {
	struct snapimage *image;
	struct bio *parent;
	bool from_origin;
	struct bio bio;
};

static bool get_user_ref(struct snapimage *image)
{
	return atomic_inc_not_zero(&image->users);
}

static void put_user_ref(struct snapimage *image)
{
	if (atomic_dec_and_test(&image->users))
		complete(&image->unused);
}

/*
 * End a bio of the image. Data that was found after the image failed is not valid. If a piece that was
 * split off has failed already, the bio keeps that status.
 */
static void end_image_bio(struct snapimage *image, struct bio *bio, blk_status_t status)
{
	smp_rmb(); /* the data was read before the error is */
	if (diff_area_error(image->area))
		status = BLK_STS_IOERR;
	if (status)
		bio->bi_status = status;
	bio_endio(bio);
	put_user_ref(image); /* after bio_endio(): the bio may be allocated from the image */
}

static void queue_for_worker(struct snapimage *image, struct bio *bio)
{
	unsigned long flags;

	spin_lock_irqsave(&image->lock, flags);
	bio_list_add(&image->waiting, bio);
	/* Under the lock: once the worker has ended the bio, the image may be freed. */
	queue_work(image->wq, &image->work);
	spin_unlock_irqrestore(&image->lock, flags);
}

static void image_io_end(struct bio *bio)
{
	struct image_io *io = container_of(bio, struct image_io, bio);
	struct snapimage *image = io->image;
	bool from_origin = io->from_origin;
	struct bio *parent = io->parent;
	blk_status_t status = bio->bi_status;

	bio_put(bio);
	if (from_origin) {
		smp_rmb(); /* the data was read before the states of its blocks are */
		if (!status && !diff_area_is_uncopied(image->area, parent->bi_iter.bi_sector,
						      bio_sectors(parent))) {
			diff_area_put_origin(image->area);
			queue_for_worker(image, parent);
			return;
		}
		diff_area_put_origin(image->area);
	}
	end_image_bio(image, parent, status);
}

/* Submit a bio of the image to the place of its data. */
static void submit_to_extent(struct snapimage *image, struct bio *parent,
			     const struct diff_extent *extent)
{
	struct bio *bio = bio_alloc_clone(extent->bdev, parent, GFP_NOIO, &image->bios);
	struct image_io *io = container_of(bio, struct image_io, bio);

	io->image = image;
	io->parent = parent;
	io->from_origin = extent->source == DIFF_ORIGIN;
	bio->bi_iter.bi_sector = extent->sector;
	bio->bi_end_io = image_io_end;
	/* No FUA: an image does not outlive its snapshot. */
	bio->bi_opf = bio_op(parent) | (parent->bi_opf & (REQ_SYNC | REQ_RAHEAD));
	submit_bio_noacct(bio);
}

/* Split off what is behind the extent, and submit it to the image again. */
static struct bio *split_image_bio(struct snapimage *image, struct bio *bio, sector_t count)
{
	struct bio *front;

	if (bio_sectors(bio) <= count)
		return bio;
	front = bio_split(bio, count, GFP_NOIO, &image->splits);
	bio_chain(front, bio);
	/* The rest becomes a user when it is submitted; the front is the present one. */
	submit_bio_noacct(bio);
	return front;
}

static void read_image(struct snapimage *image, struct bio *bio)
{
	struct diff_area *area = image->area;
	struct diff_extent extent;

	for (;;) {
		if (diff_area_error(area)) {
			end_image_bio(image, bio, BLK_STS_IOERR);
			return;
		}
		diff_area_locate(area, bio->bi_iter.bi_sector, bio_sectors(bio), &extent);
		bio = split_image_bio(image, bio, extent.count);
		switch (extent.source) {
		case DIFF_ORIGIN:
			/* If this fails, the area has an error, which ends the loop. */
			if (diff_area_get_origin(area)) {
				submit_to_extent(image, bio, &extent);
				return;
			}
			break;
		case DIFF_MEMORY:
			if (diff_area_read_memory(area, bio)) {
				end_image_bio(image, bio, BLK_STS_OK);
				return;
			}
			break;
		case DIFF_STORED:
			submit_to_extent(image, bio, &extent);
			return;
		case DIFF_ZERO:
			zero_fill_bio(bio);
			end_image_bio(image, bio, BLK_STS_OK);
			return;
		}
	}
}

/* Context: the worker. */
static void write_image(struct snapimage *image, struct bio *bio)
{
	struct diff_area *area = image->area;
	sector_t sector = bio->bi_iter.bi_sector;
	struct diff_extent extent;

	if (diff_area_make_writable(area, sector, bio_sectors(bio)) ||
	    tracker_mark(image->tracker, sector, bio_sectors(bio), true)) {
		end_image_bio(image, bio, BLK_STS_IOERR);
		return;
	}
	diff_area_locate(area, sector, bio_sectors(bio), &extent);
	if (extent.source != DIFF_STORED) {
		/* The blocks have become storage meanwhile: start again. */
		queue_for_worker(image, bio);
		return;
	}
	bio = split_image_bio(image, bio, extent.count);
	submit_to_extent(image, bio, &extent);
}

static void snapimage_work(struct work_struct *work)
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

compat_qc_t snapimage_submit_bio(struct bio *bio)
{
	struct snapimage *image = compat_bio_disk(bio)->private_data;

	if (!get_user_ref(image)) {
		bio_io_error(bio);
		return COMPAT_QC_NONE;
	}
	if (!bio_sectors(bio))
		end_image_bio(image, bio, BLK_STS_OK); /* a flush: nothing needs to persist */
	else if (bio_op(bio) == REQ_OP_READ)
		read_image(image, bio);
	else if (bio_op(bio) == REQ_OP_WRITE)
		queue_for_worker(image, bio);
	else
		end_image_bio(image, bio, BLK_STS_NOTSUPP);
	return COMPAT_QC_NONE;
}

int snapimage_io_init(struct snapimage *image)
{
	int ret;

	atomic_set(&image->users, 1);
	init_completion(&image->unused);
	spin_lock_init(&image->lock);
	bio_list_init(&image->waiting);
	INIT_WORK(&image->work, snapimage_work);

	image->wq = alloc_workqueue("blksnap-image-%u:%u", WQ_MEM_RECLAIM | WQ_PERCPU, 1,
				    MAJOR(image->area->dev), MINOR(image->area->dev));
	ret = image->wq ? 0 : -ENOMEM;
	ret = ret ?: bioset_init(&image->bios, IMAGE_BIOS, offsetof(struct image_io, bio),
				 BIOSET_NEED_RESCUER);
	return ret ?: bioset_init(&image->splits, IMAGE_BIOS, 0, BIOSET_NEED_RESCUER);
}

void snapimage_io_exit(struct snapimage *image)
{
	if (image->wq)
		destroy_workqueue(image->wq);
	bioset_exit(&image->splits);
	bioset_exit(&image->bios);
}

void snapimage_io_stop(struct snapimage *image)
{
	put_user_ref(image);
	idle_wait_for_completion(&image->unused);
}
