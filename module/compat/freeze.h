/* SPDX-License-Identifier: GPL-2.0 */
/* Freezing file systems and queues; included by compat.h. */

#ifndef COMPAT_HAS_BDEV_FREEZE
#ifdef COMPAT_HAS_FREEZE_BDEV_SUPER
static inline int bdev_freeze(struct block_device *bdev)
{
	return PTR_ERR_OR_ZERO(freeze_bdev(bdev));
}
#else
#define bdev_freeze(bdev)	freeze_bdev(bdev)
#endif
#endif

#ifndef COMPAT_HAS_BDEV_THAW
#ifdef COMPAT_HAS_THAW_BDEV_SUPER
static inline int bdev_thaw(struct block_device *bdev)
{
	struct super_block *sb = get_super(bdev);

	/* While it is frozen, it holds a reference to itself. */
	if (sb)
		drop_super(sb);
	return thaw_bdev(bdev, sb);
}
#else
#define bdev_thaw(bdev)		thaw_bdev(bdev)
#endif
#endif

/* compat_bdev_sync - sync the file system on a device, or the page cache of the device */
#ifdef COMPAT_HAS_FSYNC_BDEV
static inline void compat_bdev_sync(struct block_device *bdev)
{
	fsync_bdev(bdev);
}
#else
static inline void compat_bdev_sync(struct block_device *bdev)
{
	mutex_lock(&bdev->bd_holder_lock);
	if (bdev->bd_holder_ops && bdev->bd_holder_ops->sync) {
		bdev->bd_holder_ops->sync(bdev); /* unlocks */
	} else {
		mutex_unlock(&bdev->bd_holder_lock);
		sync_blockdev(bdev);
	}
}
#endif

#ifndef COMPAT_HAS_QUEUE_MEMFLAGS
static inline void compat_unfreeze_queue(struct request_queue *queue, unsigned int memflags)
{
	blk_mq_unfreeze_queue(queue);
	memalloc_noio_restore(memflags);
}

#define blk_mq_unfreeze_queue(queue, memflags)	compat_unfreeze_queue(queue, memflags)
#endif

/*
 * Whether the queue of a disk that is not open can be frozen while its driver may remove the disk: not if
 * the driver cleans up the queue while it is still in use.
 */
#ifdef COMPAT_HAS_BLK_CLEANUP_QUEUE
#define COMPAT_QUEUES_STAY	false
#else
#define COMPAT_QUEUES_STAY	true
#endif
