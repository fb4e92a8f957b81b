// SPDX-License-Identifier: GPL-2.0
/*
 * The way of a bio through the filters of its disk.
 *
 * A bio that is shown to a filter gets a struct bio_ctx in place of its completion handler.
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
#include <linux/uaccess.h>
#include "blkfilter.h"

/* Enough that a bio can always go on: they come back as bios end. */
#define RESERVE		8
/* What a CPU keeps: as many as are often under way. */
#define CTX_CACHE_MAX		64

/**
 * struct bio_ctx - says of a bio that a filter has seen it
 * @att: whose filter; NULL for one that is still to be used
 * @reserve: the attachment whose reserve it comes from, or NULL
 * @end_io: the bio's own completion handler
 * @private: and its bi_private
 *
 * Belongs to the bio, freed when it ends. Its att is valid as long as the bio has not been
 * counted out.
 */
struct bio_ctx {
	struct blkfilter_attachment *att;
	struct blkfilter_attachment *reserve;
	bio_end_io_t *end_io;
	void *private;
};

/**
 * struct ctx_cache - unused struct bio_ctx of a CPU
 * @first: the first, chained through their private
 * @count: how many
 *
 * Only its CPU touches it, with interrupts off, since bios end in interrupts; those of a CPU that
 * went offline wait for it. Nothing on the list belongs to an attachment; bio_ctx_exit() frees
 * it when no bio can end any more. A slab cache alone would cost as much as all else that is done
 * with a bio.
 */
struct ctx_cache {
	struct bio_ctx *first;
	unsigned int count;
};

static struct kmem_cache *bio_ctx_slab;
static DEFINE_PER_CPU(struct ctx_cache, ctx_cache);

/* ctx_cache_pop - Return: NULL if there is none. */
static struct bio_ctx *ctx_cache_pop(void)
{
	struct bio_ctx *ctx;
	unsigned long flags;

	local_irq_save(flags);
	ctx = __this_cpu_read(ctx_cache.first);
	if (unlikely(!ctx)) {
		local_irq_restore(flags);
		return NULL;
	}
	__this_cpu_write(ctx_cache.first, ctx->private);
	__this_cpu_dec(ctx_cache.count);
	local_irq_restore(flags);
	return ctx;
}

/* ctx_cache_push - Context: interrupts off. */
static void ctx_cache_push(struct bio_ctx *ctx)
{
	ctx->private = __this_cpu_read(ctx_cache.first);
	__this_cpu_write(ctx_cache.first, ctx);
	__this_cpu_inc(ctx_cache.count);
}

/* ctx_cache_is_full - A hint: in an interrupt that comes now, or on the next CPU, it may be other. */
static bool ctx_cache_is_full(void)
{
	return this_cpu_read(ctx_cache.count) >= CTX_CACHE_MAX;
}

static struct bio_ctx *bio_ctx_alloc(void)
{
	return ctx_cache_pop() ?: kmem_cache_alloc(bio_ctx_slab, GFP_NOWAIT | __GFP_NOWARN);
}

/* bio_ctx_free_slow - for one that is not to be kept; a spare may never have been used */
static noinline void bio_ctx_free_slow(struct bio_ctx *ctx)
{
	struct blkfilter_attachment *reserve = ctx->reserve;
	struct blkfilter_attachment *att = ctx->att;

	if (reserve) {
		mempool_free(ctx, reserve->reserve);
		gate_put_reserve(reserve);
	} else {
		kmem_cache_free(bio_ctx_slab, ctx);
	}
	rcu_read_lock();
	if (att)
		gate_exit(att);
	rcu_read_unlock();
}

/*
 * bio_ctx_free - count out the bio that it was taken off, and free it
 *
 * Interrupts are off for both. The list needs it, since bios end in interrupts. And it is an RCU
 * read section: a detached attachment is freed after its last bio was counted out, but not before
 * all such sections have ended that had begun by then (see reap()).
 */
static __always_inline void bio_ctx_free(struct bio_ctx *ctx)
{
	struct blkfilter_attachment *att = ctx->att;
	unsigned long flags;

	if (unlikely(ctx->reserve || ctx_cache_is_full())) {
		bio_ctx_free_slow(ctx);
		return;
	}
	local_irq_save(flags);
	ctx_cache_push(ctx);
	if (gate_count_exit(att))
		gate_wake(att, flags);
	else
		local_irq_restore(flags);
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

static void bio_ctx_end_io(struct bio *bio);

/* Takes a struct bio_ctx off a bio that ends, and counts it out. Inline: for each write. */
static __always_inline void bio_ctx_remove(struct bio *bio)
{
	struct bio_ctx *ctx = bio->bi_private;

	bio->bi_end_io = ctx->end_io;
	bio->bi_private = ctx->private;
	bio_ctx_free(ctx);
}

/*
 * Ends a chained bio, and with it those of its parents that waited for nothing else. bio_endio()
 * goes from one to the next in a loop as long as it finds the handler of chained bios: it is made
 * to find that, or a long chain would become a deep stack.
 */
static noinline void end_chained(struct bio *bio)
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
		while (last->bi_end_io == bio_ctx_end_io)
			bio_ctx_remove(last);
	} while (last->bi_end_io == chained_end_io);
	bio_endio(bio);
}

static void bio_ctx_end_io(struct bio *bio)
{
	bio_ctx_remove(bio);
	/* The block layer's part of ending it has been done. */
	if (unlikely(!bio->bi_end_io))
		bio_endio(bio);
	else if (unlikely(bio->bi_end_io == chained_end_io))
		end_chained(bio);
	else
		bio->bi_end_io(bio);
}

static void bio_ctx_add(struct bio_ctx *ctx, struct bio *bio, struct blkfilter_attachment *att,
		      struct blkfilter_attachment *reserve)
{
	ctx->att = att;
	ctx->reserve = reserve;
	ctx->end_io = bio->bi_end_io;
	ctx->private = bio->bi_private;
	bio->bi_end_io = bio_ctx_end_io;
	bio->bi_private = ctx;
}

/* bio_ctx_find - the bio's struct bio_ctx for an attachment (or an unused one, for NULL) */
static struct bio_ctx *bio_ctx_find(struct bio *bio, struct blkfilter_attachment *att)
{
	bio_end_io_t *end_io = bio->bi_end_io;
	void *private = bio->bi_private;

	while (unlikely(end_io == bio_ctx_end_io)) {
		struct bio_ctx *ctx = private;

		if (ctx->att == att)
			return ctx;
		end_io = ctx->end_io;
		private = ctx->private;
	}
	return NULL;
}

/* bio_range - which sectors of a part a bio to its disk changes, if any */
static bool bio_range(struct bio *bio, struct compat_part *part, sector_t *sector,
		      sector_t *count)
{
	sector_t first = compat_part_start(part);
	sector_t sectors = compat_part_sectors(part);
	sector_t last = first + sectors;
	sector_t start = compat_bio_start(bio);
	sector_t end = start + bio_sectors(bio);

	/* Mostly all of its own; what begins before the part is a large number here. */
	*sector = start - first;
	*count = bio_sectors(bio);
	if (likely(*sector < sectors && *count <= sectors - *sector))
		return true;
	/* This comes before the check for the end of the device: any number may come. */
	if (start >= last || end <= first || end < start)
		return false;
	*sector = max(start, first) - first;
	*count = min(end, last) - first - *sector;
	return true;
}

/* bio_call_filter - shows a bio to one filter. Return: as the filter. */
static enum blkfilter_verdict bio_call_filter(struct bio *bio, struct blkfilter_attachment *att,
				       sector_t sector, sector_t count)
{
	enum blkfilter_verdict verdict;
	struct bio_ctx *ctx;

	while (!gate_enter(att)) {
		verdict = gate_hold(att, bio);
		if (verdict != BLKFILTER_PASS)
			return verdict;
	}

	ctx = bio_ctx_find(bio, NULL);
	if (unlikely(ctx)) {
		ctx->att = att;
	} else {
		ctx = bio_ctx_alloc();
		if (unlikely(!ctx)) {
			gate_exit(att);
			return gate_hold_nomem(att, bio);
		}
		bio_ctx_add(ctx, bio, att, NULL);
	}
	compat_bio_keep_private(bio);
	return att->flt->ops->submit_bio(att->flt, bio, sector, count);
}

/*
 * A filter of the disk has no room for the bio now. It will be shown to all of them once more; until
 * then it is in flight at none, so that no take waits for it. What they were shown it with was put
 * on it last: bios that come with a spare are submitted by workers, which are not made to wait (see
 * gate_may_wait()).
 */
static void bio_undo_filters(struct bio *bio)
{
	struct gendisk *disk = compat_bio_disk(bio);
	struct bio_ctx *ctx;

	while (bio->bi_end_io == bio_ctx_end_io) {
		ctx = bio->bi_private;
		if (!ctx->att || ctx->att->disk != disk)
			break;
		bio_ctx_remove(bio);
	}
}

/**
 * bio_filter - show a bio to all filters it concerns and that have not seen it
 * @bio: a bio that is being submitted and changes data
 * @bucket: that of its disk
 *
 * Context: that of the submission; does not sleep.
 * Return: %BLKFILTER_PASS to submit it. Else it is not to be submitted now: with %BLKFILTER_KEEP
 * it was taken and may be gone, with %BLKFILTER_WAIT it is still the submitter's, who may sleep
 * and is to wait for room (gate_wait_room()).
 */
enum blkfilter_verdict bio_filter(struct bio *bio, struct hlist_head *bucket)
{
	enum blkfilter_verdict verdict = BLKFILTER_PASS;
	struct blkfilter_attachment *att;
	sector_t sector, count;

	rcu_read_lock();
	hlist_for_each_entry_rcu(att, bucket, node) {
		if (att->disk != compat_bio_disk(bio) ||
		    !bio_range(bio, att->part, &sector, &count) || bio_ctx_find(bio, att))
			continue;
		verdict = bio_call_filter(bio, att, sector, count);
		if (verdict != BLKFILTER_PASS) {
			if (verdict == BLKFILTER_WAIT)
				bio_undo_filters(bio);
			break;
		}
	}
	rcu_read_unlock();
	return verdict;
}

/* bio_is_shown - whether a bio carries what says that it was shown to a filter */
bool bio_is_shown(struct bio *bio, struct blkfilter_attachment *att)
{
	return bio_ctx_find(bio, att);
}

/* bio_copy_is_shown - the same of a copy of a bio that may be gone by now. Context: any. */
bool bio_copy_is_shown(const struct bio *bio, struct blkfilter_attachment *att)
{
	struct bio_ctx ctx = { .end_io = bio->bi_end_io, .private = bio->bi_private };

	while (ctx.end_io == bio_ctx_end_io) {
		if (copy_from_kernel_nofault(&ctx, ctx.private, sizeof(ctx)))
			return false;
		if (ctx.att == att)
			return true;
	}
	return false;
}

/* bio_keeping_attachment - the attachment on the bio's disk that it was shown to last */
static struct blkfilter_attachment *bio_keeping_attachment(struct bio *bio)
{
	struct gendisk *disk = compat_bio_disk(bio);
	struct bio_ctx *ctx = bio->bi_private;

	/* Upper devices, and spares, which have none, may be among them. */
	while (!ctx->att || ctx->att->disk != disk)
		ctx = ctx->private;
	return ctx->att;
}

enum blkfilter_verdict blkfilter_may_keep(struct bio *bio, bool full)
{
	struct blkfilter_attachment *att = bio_keeping_attachment(bio);

	if (unlikely((full || lane_is_full(att, bio)) && gate_may_wait(bio)))
		return BLKFILTER_WAIT;
	return likely(atomic_read(&att->queued) < queued_max()) ? BLKFILTER_KEEP : BLKFILTER_PASS;
}
EXPORT_SYMBOL_GPL(blkfilter_may_keep);

/**
 * bio_ctx_add_reserve - give a bio what it takes to be shown to one filter
 * @bio: a bio that is about to be submitted
 * @att: the attachment that held it
 *
 * Context: a worker with memalloc_noio_save(); may sleep until other bios end.
 */
void bio_ctx_add_reserve(struct bio *bio, struct blkfilter_attachment *att)
{
	if (bio_ctx_find(bio, NULL))
		return;
	atomic_inc(&att->reserve_used);
	bio_ctx_add(mempool_alloc(att->reserve, GFP_NOIO), bio, NULL, att);
}

void blkfilter_resubmit(struct bio *bio)
{
	bio->bi_opf &= ~REQ_NOWAIT;
	bio_clear_polled(bio);
	lane_submit(bio_keeping_attachment(bio), bio);
}
EXPORT_SYMBOL_GPL(blkfilter_resubmit);

/* bio_ctx_new_reserve - for an attachment; goes with mempool_destroy() */
mempool_t *bio_ctx_new_reserve(void)
{
	return mempool_create_slab_pool(RESERVE, bio_ctx_slab);
}

int bio_ctx_init(void)
{
	learn_chained_end_io();
	bio_ctx_slab = KMEM_CACHE(bio_ctx, 0);
	return bio_ctx_slab ? 0 : -ENOMEM;
}

/* bio_ctx_exit - all bios have ended */
void bio_ctx_exit(void)
{
	struct bio_ctx *ctx, *next;
	int cpu;

	for_each_possible_cpu(cpu)
		for (ctx = per_cpu(ctx_cache, cpu).first; ctx; ctx = next) {
			next = ctx->private;
			kmem_cache_free(bio_ctx_slab, ctx);
		}
	kmem_cache_destroy(bio_ctx_slab);
}
