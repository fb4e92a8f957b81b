/* SPDX-License-Identifier: GPL-2.0 */
/* Disks of our own; included by compat.h. */

#ifndef COMPAT_HAS_GENHD_NO_PART
#define GENHD_FL_NO_PART	GENHD_FL_NO_PART_SCAN
#endif

/* An initializer in struct queue_limits. */
#ifdef COMPAT_HAS_LIMITS_DMA_ALIGNMENT
#define COMPAT_DMA_ALIGNMENT(mask)	.dma_alignment = mask,
#else
#define COMPAT_DMA_ALIGNMENT(mask)
#endif

/*
 * Data must not change while it is written: an initializer in struct queue_limits, and a function for a
 * disk that is not added yet. One of them does nothing.
 */
#ifdef COMPAT_HAS_FEAT_STABLE_WRITES
#define COMPAT_STABLE_WRITES			.features = BLK_FEAT_STABLE_WRITES,
#define compat_disk_set_stable_writes(disk)	do { } while (0)
#else
#define COMPAT_STABLE_WRITES
#define compat_disk_set_stable_writes(disk)	\
	blk_queue_flag_set(QUEUE_FLAG_STABLE_WRITES, (disk)->queue)
#endif

/*
 * The function that the block layer calls for each bio: an initializer in struct
 * block_device_operations, and a function for the queue before its limits are set. One of them does
 * nothing.
 */
#ifdef COMPAT_HAS_SUBMIT_BIO_OP
#define COMPAT_SUBMIT_BIO(function)		.submit_bio = function,
#define compat_queue_set_submit(queue, submit)	do { } while (0)
#else
#define COMPAT_SUBMIT_BIO(function)
static inline blk_qc_t compat_make_request(struct request_queue *queue, struct bio *bio)
{
	compat_submit_bio_fn *submit = queue->queuedata;

	return submit(bio);
}

static inline void compat_queue_set_submit(struct request_queue *queue,
					   compat_submit_bio_fn *submit)
{
	queue->queuedata = submit;
	blk_queue_make_request(queue, compat_make_request);
}
#endif

#if defined(COMPAT_HAS_DISK_LIMITS)
#define compat_alloc_disk(lim, submit)	blk_alloc_disk(lim, NUMA_NO_NODE)
#else
#ifdef COMPAT_HAS_BLK_ALLOC_DISK
static inline struct gendisk *compat_alloc_disk_and_queue(void)
{
	return blk_alloc_disk(NUMA_NO_NODE);
}
#else
#ifdef COMPAT_HAS_ALLOC_QUEUE_GFP
#define compat_alloc_queue()	blk_alloc_queue(GFP_KERNEL)
#else
#define compat_alloc_queue()	blk_alloc_queue(NUMA_NO_NODE)
#endif

static inline struct gendisk *compat_alloc_disk_and_queue(void)
{
	struct gendisk *disk = alloc_disk(0);

	if (!disk)
		return NULL;
	disk->queue = compat_alloc_queue();
	if (!disk->queue) {
		put_disk(disk);
		return NULL;
	}
	disk->flags |= GENHD_FL_EXT_DEVT;
	return disk;
}
#endif

static inline struct gendisk *compat_alloc_disk(struct queue_limits *lim,
						compat_submit_bio_fn *submit)
{
	struct gendisk *disk = compat_alloc_disk_and_queue();

	if (!disk)
		return ERR_PTR(-ENOMEM);
	compat_queue_set_submit(disk->queue, submit);
	if (lim) {
		blk_queue_logical_block_size(disk->queue, lim->logical_block_size);
		blk_queue_physical_block_size(disk->queue, lim->physical_block_size);
		blk_queue_io_min(disk->queue, lim->io_min);
#ifdef COMPAT_HAS_LIMITS_DMA_ALIGNMENT
		blk_queue_dma_alignment(disk->queue, lim->dma_alignment);
#endif
	}
	return disk;
}
#endif

#ifndef COMPAT_HAS_ADD_DISK_ERROR
static inline int compat_add_disk(struct device *parent, struct gendisk *disk,
				  const struct attribute_group **groups)
{
	device_add_disk(parent, disk, groups);
	return 0;
}

#define device_add_disk(parent, disk, groups)	compat_add_disk(parent, disk, groups)
#endif

/* An initializer in struct block_device_operations. */
#ifdef COMPAT_HAS_FREE_DISK
#define COMPAT_FREE_DISK(function)	.free_disk = function,
#define COMPAT_CALLS_FREE_DISK		true
#else
#define COMPAT_FREE_DISK(function)
#define COMPAT_CALLS_FREE_DISK		false
#endif

/*
 * Puts what compat_alloc_disk() returned, after del_gendisk() if the disk was added. On return the block
 * layer does not call the driver for the disk any more, except for its free_disk operation.
 */
#ifdef COMPAT_HAS_BLK_CLEANUP_QUEUE
static inline void compat_put_disk(struct gendisk *disk, bool added)
{
	blk_cleanup_queue(disk->queue);
#ifndef COMPAT_HAS_BLK_ALLOC_DISK
	/* An added disk has a reference to its queue. */
	if (!added)
		disk->queue = NULL;
#endif
	put_disk(disk);
}
#elif defined(COMPAT_HAS_FREE_DISK)
#define compat_put_disk(disk, added)	put_disk(disk)
#else
#error "nothing tells when a disk is no longer used on this kernel"
#endif
