// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a bio through the filters of its disk.
 *
 * A bio that is shown to a filter gets a struct shown in place of its completion handler.
 * It does three things: it counts the bio out when it ends; it lets us know the bio when
 * it comes by again (the rest of a split, a requeue, the resubmission of a kept bio) and
 * leave it alone; and it leaves the bio's device out of it, which a stacking driver may
 * have changed by then. One bio may carry several: for several filters that its sectors
 * concern, or, where a driver such as md sends the same bio on to a lower device, for
 * filters of several disks. They form a chain through the saved bi_private.
 *
 * All this happens at the entry of submit_bio_noacct(), before anything was done with the
 * bio, so letting it go on means to return. A bio that is held or kept is later
 * given to submit_bio_noacct() again.
 */
#include "blkfilter.h"

/* Enough that a bio can always go on: they come back as bios end. */
#define RESERVE		8
/* What a CPU keeps: as many as are often under way. */
#define KEPT		64

/**
 * struct shown - says of a bio that a filter has seen it
 * @att: whose filter; NULL for one that is still to be used
 * @reserve: the attachment whose reserve it comes from, or NULL
 * @end_io: the bio's own completion handler
 * @private: and its bi_private
 *
 * Belongs to the bio, freed when it ends. Its att is valid as long as the bio has not been
 * counted out.
 */
struct shown {
	struct blkfilter_attachment *att;
	struct blkfilter_attachment *reserve;
	bio_end_io_t *end_io;
	void *private;
};

/**
 * struct kept - unused struct shown of a CPU
 * @first: the first, chained through their private
 * @count: how many
 *
 * Only its CPU touches it, with interrupts off, since bios end in interrupts; those of a CPU that
 * went offline wait for it. Nothing on the list belongs to an attachment; bio_exit_cache() frees
 * it when no bio can end any more. A slab cache alone would cost as much as all else that is done
 * with a bio.
 */
struct kept {
	struct shown *first;
	unsigned int count;
};

static struct kmem_cache *shown_cache;
static DEFINE_PER_CPU(struct kept, kept);

static struct shown *kept_get(void)
{
	struct shown *shown;
	unsigned long flags;
	struct kept *mine;

	local_irq_save(flags);
	mine = this_cpu_ptr(&kept);
	shown = mine->first;
	if (likely(shown)) {
		mine->first = shown->private;
		mine->count--;
	}
	local_irq_restore(flags);
	return shown;
}

/* kept_put - Return: false if there are enough. */
static bool kept_put(struct shown *shown)
{
	unsigned long flags;
	struct kept *mine;
	bool room;

	local_irq_save(flags);
	mine = this_cpu_ptr(&kept);
	room = mine->count < KEPT;
	if (likely(room)) {
		shown->private = mine->first;
		mine->first = shown;
		mine->count++;
	}
	local_irq_restore(flags);
	return room;
}

static struct shown *shown_new(void)
{
	return kept_get() ?: kmem_cache_alloc(shown_cache, GFP_NOWAIT | __GFP_NOWARN);
}

static void shown_free(struct shown *shown)
{
	struct blkfilter_attachment *reserve = shown->reserve;

	if (unlikely(reserve)) {
		mempool_free(shown, reserve->reserve);
		gate_put_spare(reserve);
	} else if (unlikely(!kept_put(shown))) {
		kmem_cache_free(shown_cache, shown);
	}
}

/*
 * The handler of chained bios, whose bi_private is their parent. Newer kernels know them by it
 * and do not want it called: such a bio has to be ended once more.
 */
static bio_end_io_t *chained_end_io;

static void learn_chained_end_io(void)
{
	struct bio parent, child;

	bio_init(&parent, NULL, NULL, 0, REQ_OP_WRITE);
	bio_init(&child, NULL, NULL, 0, REQ_OP_WRITE);
	bio_chain(&child, &parent);
	chained_end_io = child.bi_end_io;
	bio_uninit(&child);
	bio_uninit(&parent);
}

static void shown_end_io(struct bio *bio);

/* Takes a struct shown off a bio that ends, and counts it out. Inline: for each write. */
static __always_inline void shown_remove(struct bio *bio)
{
	struct shown *shown = bio->bi_private;
	struct blkfilter_attachment *att = shown->att;

	bio->bi_end_io = shown->end_io;
	bio->bi_private = shown->private;
	shown_free(shown);
	if (att)
		gate_leave(att);
}

/*
 * Ends a chained bio, and with it those of its parents that waited for nothing else. bio_endio()
 * goes from one to the next in a loop as long as it finds the handler of chained bios: it is made
 * to find that, or a long chain would become a deep stack.
 */
static void end_chained(struct bio *bio)
{
	struct bio *last = bio;

	do {
		last = last->bi_private;
		/*
		 * The last that it waits for is us: nobody else touches it. Acquire: after its own
		 * end, and those of its other children.
		 */
		if (atomic_read_acquire(&last->__bi_remaining) > 1)
			break;
		while (last->bi_end_io == shown_end_io)
			shown_remove(last);
	} while (last->bi_end_io == chained_end_io);
	bio_endio(bio);
}

static void shown_end_io(struct bio *bio)
{
	shown_remove(bio);
	/* The block layer's part of ending it has been done. */
	if (unlikely(!bio->bi_end_io))
		bio_endio(bio);
	else if (unlikely(bio->bi_end_io == chained_end_io))
		end_chained(bio);
	else
		bio->bi_end_io(bio);
}

static void shown_add(struct shown *shown, struct bio *bio, struct blkfilter_attachment *att,
		      struct blkfilter_attachment *reserve)
{
	shown->att = att;
	shown->reserve = reserve;
	shown->end_io = bio->bi_end_io;
	shown->private = bio->bi_private;
	bio->bi_end_io = shown_end_io;
	bio->bi_private = shown;
}

/* shown_find - the bio's struct shown for an attachment (or an unused one, for NULL) */
static struct shown *shown_find(struct bio *bio, struct blkfilter_attachment *att)
{
	bio_end_io_t *end_io = bio->bi_end_io;
	void *private = bio->bi_private;

	while (end_io == shown_end_io) {
		struct shown *shown = private;

		if (shown->att == att)
			return shown;
		end_io = shown->end_io;
		private = shown->private;
	}
	return NULL;
}

/* bio_range - the part of a device that sectors of its disk lie in, if any */
static bool bio_range(sector_t start, sector_t count, struct compat_part *part,
		      struct blkfilter_range *range)
{
	sector_t end = start + count;
	sector_t first = compat_part_start(part);
	sector_t last = first + compat_part_sectors(part);

	/* This comes before the check for the end of the device: any number may come. */
	if (start >= last || end <= first || end < start)
		return false;
	range->sector = max(start, first) - first;
	range->count = min(end, last) - first - range->sector;
	return true;
}

/* bio_show - shows a bio to one filter. Return: whether it was taken. */
static bool bio_show(struct bio *bio, struct blkfilter_attachment *att,
		     const struct blkfilter_range *range)
{
	struct blkfilter *flt = att->flt;
	struct shown *shown;

	while (!gate_enter(att))
		if (gate_hold(att, bio))
			return true;

	shown = shown_find(bio, NULL);
	if (unlikely(shown)) {
		shown->att = att;
	} else {
		shown = shown_new();
		if (unlikely(!shown)) {
			gate_leave(att);
			gate_starve(att, bio);
			return true;
		}
		shown_add(shown, bio, att, NULL);
	}
	/* For polling, dm keeps something of its own in bi_private. */
	bio->bi_opf &= ~REQ_POLLED;
	return flt->ops->submit_bio(flt, bio, range);
}

/**
 * bio_filter - show a bio to all filters it concerns and that have not seen it
 * @bio: a bio that is being submitted and changes data
 *
 * Context: that of the submission; does not sleep.
 * Return: true if it was taken: it is not to be submitted now.
 */
bool bio_filter(struct bio *bio)
{
	struct gendisk *disk = compat_bio_disk(bio);
	struct hlist_head *bucket = registry_bucket(disk);
	struct blkfilter_attachment *att;
	struct blkfilter_range range;
	bool taken = false;
	sector_t start;

	rcu_read_lock();
	start = compat_bio_start(bio);
	hlist_for_each_entry_rcu(att, bucket, node) {
		if (att->disk != disk || !bio_range(start, bio_sectors(bio), att->part, &range) ||
		    shown_find(bio, att))
			continue;
		taken = bio_show(bio, att, &range);
		if (taken)
			break;
	}
	rcu_read_unlock();
	return taken;
}

/**
 * bio_add_spare - give a bio what it takes to be shown to one filter
 * @bio: a bio that is about to be submitted
 * @att: the attachment that held it
 *
 * Context: a worker with memalloc_noio_save(); may sleep until other bios end.
 */
void bio_add_spare(struct bio *bio, struct blkfilter_attachment *att)
{
	if (shown_find(bio, NULL))
		return;
	atomic_inc(&att->spares);
	shown_add(mempool_alloc(att->reserve, GFP_NOIO), bio, NULL, att);
}

void blkfilter_resubmit(struct bio *bio)
{
	bio->bi_opf &= ~(REQ_NOWAIT | REQ_POLLED);
	submit_bio_noacct(bio);
}
EXPORT_SYMBOL_GPL(blkfilter_resubmit);

/* bio_new_reserve - for an attachment; goes with mempool_destroy() */
mempool_t *bio_new_reserve(void)
{
	return mempool_create_slab_pool(RESERVE, shown_cache);
}

int bio_init_cache(void)
{
	learn_chained_end_io();
	shown_cache = KMEM_CACHE(shown, 0);
	return shown_cache ? 0 : -ENOMEM;
}

/* bio_exit_cache - all bios have ended */
void bio_exit_cache(void)
{
	struct shown *shown, *next;
	int cpu;

	for_each_possible_cpu(cpu)
		for (shown = per_cpu(kept, cpu).first; shown; shown = next) {
			next = shown->private;
			kmem_cache_free(shown_cache, shown);
		}
	kmem_cache_destroy(shown_cache);
}
