// SPDX-License-Identifier: GPL-2.0
/*
 * Passes a bio to the filters of its disk.
 *
 * A bio that was passed to a filter carries a struct bio_ctx in place of its completion handler.
 * The context does three things. It counts the bio out of the gate when it ends. It identifies the
 * bio when it comes to submit_bio_noacct() again (the rest of a split, a requeue, the resubmission
 * of a kept bio), so that the filter is not called a second time. And it remembers the attachment,
 * since a stacking driver may have changed the bio's device by then. A bio can carry several
 * contexts: for several filters whose devices it changes, or, if a driver such as md passes the same
 * bio on to a lower device, for filters of several disks. They are chained through the saved
 * bi_private.
 *
 * All of this happens at the entry of submit_bio_noacct(), before the kernel has done anything with
 * the bio. A bio passes when the hook returns. A bio that is held or kept is submitted with
 * submit_bio_noacct() again later.
 */
#include <linux/uaccess.h>
#include "blkfilter.h"

/* Contexts in the reserve of an attachment. One is enough for progress: bios end and return it. */
#define RESERVE		8
/* The longest chain of contexts that bio_copy_has_ctx() follows: one for each filter and each layer. */
#define COPY_DEPTH	64
/* Contexts that a CPU caches: about as many as are often in flight. */
#define CTX_CACHE_MAX	64

/**
 * struct bio_ctx - marks a bio that was passed to a filter
 * @att: the attachment of the filter; NULL until the context is used
 * @reserve: the attachment whose reserve it was allocated from, or NULL
 * @end_io: saved bi_end_io of the bio
 * @private: saved bi_private of the bio
 *
 * Owned by the bio, and freed when it ends. @att is valid until the bio has been counted out.
 */
struct bio_ctx {
	struct blkfilter_attachment *att;
	struct blkfilter_attachment *reserve;
	bio_end_io_t *end_io;
	void *private;
};

/**
 * struct ctx_cache - free contexts of a CPU
 * @first: the first one; chained through @private
 * @count: number of contexts
 *
 * Accessed by its CPU only, with interrupts off, because bios end in interrupts. The contexts of an
 * offline CPU stay until it comes back. No cached context refers to an attachment. bio_ctx_exit()
 * frees them when no bio can end any more. Without the cache, the slab allocator would cost as much
 * as everything else that is done for a bio.
 */
struct ctx_cache {
	struct bio_ctx *first;
	unsigned int count;
};

static struct kmem_cache *bio_ctx_slab;
static DEFINE_PER_CPU(struct ctx_cache, ctx_cache);

/* ctx_cache_pop - take a context from this CPU's cache; NULL if it is empty */
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

/* ctx_cache_push - add a context to this CPU's cache. Context: interrupts off. */
static void ctx_cache_push(struct bio_ctx *ctx)
{
	ctx->private = __this_cpu_read(ctx_cache.first);
	__this_cpu_write(ctx_cache.first, ctx);
	__this_cpu_inc(ctx_cache.count);
}

/* A hint: an interrupt or a migration may change the answer, and the limit need not be exact. */
static bool ctx_cache_is_full(void)
{
	return this_cpu_read(ctx_cache.count) >= CTX_CACHE_MAX;
}

static struct bio_ctx *bio_ctx_alloc(void)
{
	return ctx_cache_pop() ?: kmem_cache_alloc(bio_ctx_slab, GFP_NOWAIT | __GFP_NOWARN);
}

/* Free a context that is not cached. One from a reserve may never have been used (no @att). */
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
 * bio_ctx_free - free the context of a bio, and count the bio out
 *
 * Interrupts are off throughout. The cache requires it. It also makes this an RCU read-side critical
 * section, which keeps the attachment: a detached attachment is freed after its last bio was counted
 * out and after a grace period (see attachment_reap_work()).
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
 * The completion handler of chained bios, whose bi_private is the parent. Newer kernels recognize
 * chained bios by it and must not see it called: bio_endio() has to be called once more instead.
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

/* Restore the completion handler of a bio that ends, and count the bio out. Inline for speed. */
static __always_inline void bio_ctx_remove(struct bio *bio)
{
	struct bio_ctx *ctx = bio->bi_private;

	bio->bi_end_io = ctx->end_io;
	bio->bi_private = ctx->private;
	bio_ctx_free(ctx);
}

/*
 * end_chained - end a chained bio, and those of its ancestors that waited for nothing else
 *
 * bio_endio() walks up a chain in a loop as long as it finds the handler of chained bios. The
 * handlers of the ancestors are restored first, so that it does. Otherwise a long chain would
 * overflow the stack by recursion.
 */
static noinline void end_chained(struct bio *bio)
{
	struct bio *last = bio;

	do {
		last = last->bi_private;
		/*
		 * This bio is the last one that the parent waits for, so nobody else accesses the
		 * parent. The acquire orders that after the parent's own end and that of its other
		 * children.
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
	/* bio_endio() has done its part already, so call the handler directly where there is one. */
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

/* bio_ctx_find - find the context of a bio for an attachment, or for NULL an unused one */
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

/**
 * bio_has_ctx - tell whether a bio was passed to a filter
 * @bio: the bio
 * @att: the filter's attachment, or NULL to ask for an unused context from a reserve
 *
 * Context: any. The caller owns the bio.
 * Return: whether the bio carries such a context.
 */
bool bio_has_ctx(struct bio *bio, struct blkfilter_attachment *att)
{
	return bio_ctx_find(bio, att);
}

/**
 * bio_copy_has_ctx - bio_has_ctx() for a copy of a bio of another task
 * @bio: the copy; the bio itself may be gone
 * @att: the filter's attachment
 *
 * Context: any.
 * Return: whether the bio carries such a context; false if its contexts cannot be read.
 */
bool bio_copy_has_ctx(const struct bio *bio, struct blkfilter_attachment *att)
{
	struct bio_ctx ctx = { .end_io = bio->bi_end_io, .private = bio->bi_private };
	unsigned int depth;

	/* The contexts may be freed and used anew while they are read, so the chain need not end. */
	for (depth = 0; ctx.end_io == bio_ctx_end_io && depth < COPY_DEPTH; depth++) {
		if (copy_from_kernel_nofault(&ctx, ctx.private, sizeof(ctx)))
			return false;
		if (ctx.att == att)
			return true;
	}
	return false;
}

/**
 * bio_add_reserve_ctx - give a bio a context from an attachment's reserve
 * @bio: a bio that is about to be submitted
 * @att: the attachment that held it
 *
 * Does nothing if the bio carries an unused context already.
 *
 * Context: a worker with memalloc_noio_save(). May sleep until other bios end.
 */
void bio_add_reserve_ctx(struct bio *bio, struct blkfilter_attachment *att)
{
	if (bio_ctx_find(bio, NULL))
		return;
	atomic_inc(&att->reserve_used);
	bio_ctx_add(mempool_alloc(att->reserve, GFP_NOIO), bio, NULL, att);
}

/**
 * bio_keeping_attachment - find the attachment whose filter keeps a bio
 * @bio: a bio that a filter on its disk was called with
 *
 * Context: any, as long as the bio has not ended.
 * Return: the attachment on the bio's disk whose filter was called last.
 */
struct blkfilter_attachment *bio_keeping_attachment(struct bio *bio)
{
	struct gendisk *disk = compat_bio_disk(bio);
	struct bio_ctx *ctx = bio->bi_private;

	/* Skip contexts of upper devices, and unused ones. */
	while (!ctx->att || ctx->att->disk != disk)
		ctx = ctx->private;
	return ctx->att;
}

/* bio_range - compute which sectors of a device a bio to its disk changes, if any */
static bool bio_range(struct bio *bio, struct compat_part *part, sector_t *sector,
		      sector_t *count)
{
	sector_t first = compat_part_start(part);
	sector_t sectors = compat_part_sectors(part);
	sector_t last = first + sectors;
	sector_t start = compat_bio_start(bio);
	sector_t end = start + bio_sectors(bio);

	/* The usual case: all of them. For a bio that begins before the part, *sector wraps. */
	*sector = start - first;
	*count = bio_sectors(bio);
	if (likely(*sector < sectors && *count <= sectors - *sector))
		return true;
	/* The block layer has not checked the bio against the end of the device yet. */
	if (start >= last || end <= first || end < start)
		return false;
	*sector = max(start, first) - first;
	*count = min(end, last) - first - *sector;
	return true;
}

/* bio_call_filter - pass a bio to one filter, or hold it at the gate */
static enum blkfilter_verdict bio_call_filter(struct bio *bio, struct blkfilter_attachment *att,
					      sector_t sector, sector_t count)
{
	enum blkfilter_verdict verdict;
	struct bio_ctx *ctx;

	while (!gate_enter(att)) {
		verdict = gate_hold(att, bio, bio_ctx_find(bio, NULL));
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
 * bio_undo_filters - remove the contexts of the bio's disk, because its submitter has to wait
 *
 * All filters of the disk are called again afterwards. Meanwhile the bio is not in flight, so that
 * quiescing does not wait for its submitter. The contexts of this disk were added last. None of them
 * is from a reserve: bios with such a context are submitted by workers, which gate_may_wait() does
 * not let wait.
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
 * bio_filter - pass a bio to all filters that it concerns and that have not seen it
 * @bio: a bio that is being submitted and changes data
 * @bucket: table_bucket() of its disk
 *
 * Context: that of the submission; does not sleep.
 * Return: %BLKFILTER_PASS if the bio is to be submitted; %BLKFILTER_KEEP if it was held or kept, and
 * may be gone; %BLKFILTER_WAIT if its submitter still owns it, may sleep, and is to call
 * bio_wait_room().
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

/* The longest wait for room, for each bio. What is submitted after it is too little to matter. */
#define ROOM_TIMEOUT	(5 * HZ)

/**
 * bio_wait_room - wait until a bio can be submitted, held or kept
 * @bio: a bio that is being submitted, for which bio_filter() returned %BLKFILTER_WAIT
 *
 * The bio is not in flight during the wait, so quiescing does not wait for its submitter. Nor does
 * what makes room depend on the submitter or on locks that it may hold: copying needs the origin,
 * the storage and its own reserves. After %ROOM_TIMEOUT the bio is held or kept regardless.
 *
 * Context: in place of submit_bio_noacct(), which may sleep. If the caller has disabled interrupts
 * or preemption all the same, it does not sleep.
 * Return: true if the bio is to be submitted; false if it was held or kept, and may be gone.
 */
bool bio_wait_room(struct bio *bio)
{
	struct gendisk *disk = compat_bio_disk(bio);
	struct hlist_head *bucket = table_bucket(disk);
	wait_queue_head_t *room = gate_room(disk);
	enum blkfilter_verdict verdict = BLKFILTER_WAIT;

	/* The submitter gets no cookie to poll with. */
	bio_clear_polled(bio);
	if (!preempt_count() && !irqs_disabled())
		wait_event_idle_timeout(*room,
					(verdict = bio_filter(bio, bucket)) != BLKFILTER_WAIT,
					ROOM_TIMEOUT);
	if (verdict == BLKFILTER_WAIT) {
		/* With REQ_NOWAIT it is not told to wait. Resubmission clears the flag. */
		bio->bi_opf |= REQ_NOWAIT;
		verdict = bio_filter(bio, bucket);
		if (verdict == BLKFILTER_PASS)
			bio->bi_opf &= ~REQ_NOWAIT;
	}
	return verdict == BLKFILTER_PASS;
}

/**
 * bio_new_reserve - allocate an attachment's reserve of contexts
 *
 * Context: may sleep.
 * Return: the reserve, to be freed with mempool_destroy(), or NULL.
 */
mempool_t *bio_new_reserve(void)
{
	return mempool_create_slab_pool(RESERVE, bio_ctx_slab);
}

/**
 * bio_ctx_init - set up the allocation of contexts
 *
 * Return: 0 or -ENOMEM.
 */
int bio_ctx_init(void)
{
	learn_chained_end_io();
	bio_ctx_slab = KMEM_CACHE(bio_ctx, 0);
	return bio_ctx_slab ? 0 : -ENOMEM;
}

/**
 * bio_ctx_exit - free all contexts
 *
 * Context: all bios with a context have ended, and their handlers have returned.
 */
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
