/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes older kernels look like the newest one, as far as this project looks at them. The
 * only file with conditionals on the kernel; config.h has the answers of probes/.
 *
 * Most of it defines what an older kernel lacks by the name that it has in the newest. Names
 * with compat_ or COMPAT_ stand for what cannot be had by one name alone.
 */
#ifndef BLKSNAP_COMPAT_H
#define BLKSNAP_COMPAT_H

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/highmem.h>
#include <linux/sched/mm.h>
#include <linux/workqueue.h>
#include "config.h"
#include "../version.h"

/* memory, work */

#ifndef COMPAT_HAS_WQ_PERCPU
#define WQ_PERCPU	0
#endif

#ifndef COMPAT_HAS_KMAP_LOCAL
#define kmap_local_page(page)	kmap_atomic(page)
#define kunmap_local(addr)	kunmap_atomic(addr)
#endif

#ifndef COMPAT_HAS_MEMCPY_TO_BVEC
static inline void memcpy_to_bvec(struct bio_vec *bv, const char *from)
{
	char *to = kmap_local_page(bv->bv_page);

	memcpy(to + bv->bv_offset, from, bv->bv_len);
	kunmap_local(to);
}
#endif

/* ftrace */

/* With the arguments at hand no callback needs all registers. */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define COMPAT_FTRACE_SAVE_REGS	0
#else
#define COMPAT_FTRACE_SAVE_REGS	FTRACE_OPS_FL_SAVE_REGS
#endif

/* Nothing is to keep a callback from being called. */
#ifdef COMPAT_HAS_FTRACE_RECURSION_SAFE
#define COMPAT_FTRACE_FLAGS	(COMPAT_FTRACE_SAVE_REGS | FTRACE_OPS_FL_RECURSION_SAFE)
#else
#define COMPAT_FTRACE_FLAGS	COMPAT_FTRACE_SAVE_REGS
#endif

#ifndef COMPAT_HAS_FTRACE_REGS
#define ftrace_regs pt_regs
#define ftrace_regs_get_argument(regs, n) regs_get_kernel_argument(regs, n)
#define ftrace_regs_set_instruction_pointer(regs, ip) instruction_pointer_set(regs, ip)
#elif !defined(COMPAT_HAS_FTRACE_GET_ARGUMENT)
#define ftrace_regs_get_argument(fregs, n) regs_get_kernel_argument(&(fregs)->regs, n)
#define ftrace_regs_set_instruction_pointer(fregs, ip) ftrace_instruction_pointer_set(fregs, ip)
#endif

/* What a block device's ioctls come to first, with (file, cmd, arg). */
#ifdef COMPAT_HAS_BLKDEV_IOCTL_BDEV
#define COMPAT_BLKDEV_IOCTL	"block_ioctl"
#else
#define COMPAT_BLKDEV_IOCTL	"blkdev_ioctl"
#endif

/* Whether programs of 32 bits can run, whose ioctls come by compat_blkdev_ioctl. */
#define COMPAT_PROGRAMS_32	IS_ENABLED(CONFIG_COMPAT)

/* Whether some drivers are given pages to write, without a bio. */
#ifdef COMPAT_HAS_BDEV_WRITE_PAGE
#define COMPAT_WRITES_PAGES	true
#else
#define COMPAT_WRITES_PAGES	false
#endif

/* what a function returns that submits a bio: return COMPAT_QC_NONE */

#ifdef COMPAT_HAS_SUBMIT_BIO_VOID
#define compat_qc_t	void
#define COMPAT_QC_NONE
#else
#define compat_qc_t	blk_qc_t
#define COMPAT_QC_NONE	BLK_QC_T_NONE
#endif

/*
 * devices
 *
 * struct compat_part is a disk, or a part of it, as long as that is there. struct
 * block_device is the same in newer kernels; in older ones it says where the device is only
 * while it is open.
 */

#ifdef COMPAT_HAS_BIO_BDEV
#define compat_part			block_device
#define compat_part_of(bdev)		(bdev)
#define compat_part_of_disk(disk)	((disk)->part0)
#define compat_part_start(part)		((part)->bd_start_sect)
#define compat_part_sectors(part)	bdev_nr_sectors(part)
#define compat_part_device(part)	(&(part)->bd_device)
#define compat_device_disk(dev)		(dev_to_bdev(dev)->bd_disk)

/* The first part from *index on, and its index; NULL if there is none. Under RCU. */
static inline struct compat_part *compat_part_next(struct gendisk *disk, unsigned long *index)
{
	return xa_find(&disk->part_tbl, index, ULONG_MAX, XA_PRESENT);
}
#else
#include <linux/genhd.h>

#define compat_part			hd_struct
#define compat_part_of(bdev)		((bdev)->bd_part)
#define compat_part_of_disk(disk)	(&(disk)->part0)
#define compat_part_start(part)		((part)->start_sect)
#define compat_part_sectors(part)	READ_ONCE((part)->nr_sects)
#define compat_part_device(part)	part_to_dev(part)
#define compat_device_disk(dev)		part_to_disk(dev_to_part(dev))

static inline struct compat_part *compat_part_next(struct gendisk *disk, unsigned long *index)
{
	struct disk_part_tbl *table = rcu_dereference(disk->part_tbl);
	struct compat_part *part = NULL;

	for (; *index < table->len; ++*index) {
		part = rcu_dereference(table->part[*index]);
		if (part)
			break;
	}
	return part;
}
#endif

#ifndef COMPAT_HAS_BDEV_NR_SECTORS
#define bdev_nr_sectors(bdev)	compat_part_sectors(compat_part_of(bdev))
#endif

#ifdef COMPAT_HAS_DISKSEQ
#define compat_diskseq(disk)	((disk)->diskseq)
#else
#define compat_diskseq(disk)	0
#endif

#ifndef COMPAT_HAS_DISK_LIVE
#define disk_live(disk)		((disk)->flags & GENHD_FL_UP)
#endif

/*
 * Whether an open device is still there. What makes it false happens before device_del()
 * is called for the device.
 */
#ifdef COMPAT_HAS_BIO_BDEV
static inline bool compat_part_is_live(struct compat_part *part, struct inode *inode)
{
	return disk_live(part->bd_disk) && !inode_unhashed(inode);
}
#else
static inline bool compat_part_is_live(struct compat_part *part, struct inode *inode)
{
	struct gendisk *disk = part_to_disk(part);
	unsigned long index = part->partno;
	bool live;

	rcu_read_lock();
	live = disk_live(disk) && compat_part_next(disk, &index) == part;
	rcu_read_unlock();
	return live;
}
#endif

/* opening block devices; struct compat_bdev_file is what keeps one open */

#ifdef COMPAT_HAS_BDEV_FILE
#define compat_bdev_open_path(path)	bdev_file_open_by_path(path, BLK_OPEN_READ, NULL, NULL)
#define compat_bdev_open_dev(dev)	bdev_file_open_by_dev(dev, BLK_OPEN_READ, NULL, NULL)
#define compat_bdev_of(file)		file_bdev(file)
#define compat_bdev_close(file)		bdev_fput(file)
#define compat_bdev_file		file
#else
#define compat_bdev_open_path(path)	blkdev_get_by_path(path, FMODE_READ, NULL)
#define compat_bdev_open_dev(dev)	blkdev_get_by_dev(dev, FMODE_READ, NULL)
#define compat_bdev_of(bdev)		(bdev)
#define compat_bdev_close(bdev)		blkdev_put(bdev, FMODE_READ)
#define compat_bdev_file		block_device
#endif

#ifndef COMPAT_HAS_BDEV_FREEZE
#ifdef COMPAT_HAS_THAW_BDEV_SUPER
static inline int bdev_freeze(struct block_device *bdev)
{
	return PTR_ERR_OR_ZERO(freeze_bdev(bdev));
}

static inline int bdev_thaw(struct block_device *bdev)
{
	struct super_block *sb = get_super(bdev);

	/* While it is frozen it has a reference of its own. */
	if (sb)
		drop_super(sb);
	return thaw_bdev(bdev, sb);
}
#else
#define bdev_freeze(bdev)	freeze_bdev(bdev)
#define bdev_thaw(bdev)		thaw_bdev(bdev)
#endif
#endif

/* compat_bdev_sync - write out the file system on a device, or what is cached of the device */
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

/* queues */

#ifndef COMPAT_HAS_QUEUE_MEMFLAGS
static inline void compat_unfreeze_queue(struct request_queue *queue, unsigned int memflags)
{
	blk_mq_unfreeze_queue(queue);
	memalloc_noio_restore(memflags);
}

#define blk_mq_unfreeze_queue(queue, memflags)	compat_unfreeze_queue(queue, memflags)
#endif

/* bios */

#ifndef COMPAT_HAS_REQ_POLLED
#define REQ_POLLED	REQ_HIPRI
#endif

/*
 * Nobody polls for the bio any more. Some kernels take memory that other bios may not have for
 * those that are polled for, so that it is more than a flag.
 */
#ifndef COMPAT_HAS_BIO_CLEAR_POLLED
static inline void bio_clear_polled(struct bio *bio)
{
	bio->bi_opf &= ~REQ_POLLED;
}
#endif

/*
 * Keeps device mapper from putting something of its own into bi_private, as it does for polling.
 * Where it does not, the submitter is told to poll whatever has become of the flag, and then finds
 * a queue that is not for polling.
 */
#ifdef COMPAT_HAS_REQ_POLLED
#define compat_bio_keep_private(bio)	bio_clear_polled(bio)
#else
#define compat_bio_keep_private(bio)	do { } while (0)
#endif

#ifdef COMPAT_HAS_BIO_BDEV
#define compat_bio_disk(bio)	((bio)->bi_bdev->bd_disk)

/* The first sector of a bio, counted from the start of the disk. */
static inline sector_t compat_bio_start(struct bio *bio)
{
	/* It counts from the start of the part until it was remapped. */
	if (bio_flagged(bio, BIO_REMAPPED))
		return bio->bi_iter.bi_sector;
	return bio->bi_iter.bi_sector + bio->bi_bdev->bd_start_sect;
}

static inline void compat_bio_set_disk(struct bio *bio, struct gendisk *disk)
{
	bio_set_dev(bio, disk->part0);
}
#else
#define compat_bio_disk(bio)	((bio)->bi_disk)

/* That of a bio to a part that is gone, which is going to fail, is behind all sectors. */
static inline sector_t compat_bio_start(struct bio *bio)
{
	unsigned long index = bio->bi_partno;
	struct compat_part *part;
	sector_t start = -1;

	if (!index)
		return bio->bi_iter.bi_sector;
	rcu_read_lock();
	part = compat_part_next(bio->bi_disk, &index);
	if (part && index == bio->bi_partno)
		start = bio->bi_iter.bi_sector + part->start_sect;
	rcu_read_unlock();
	return start;
}

static inline void compat_bio_set_disk(struct bio *bio, struct gendisk *disk)
{
	bio->bi_disk = disk;
	bio_associate_blkg(bio);
}
#endif

#ifndef COMPAT_HAS_BIO_INIT_OP
static inline void compat_bio_init(struct bio *bio, struct block_device *bdev,
				   struct bio_vec *vecs, unsigned short count, unsigned int opf)
{
	bio_init(bio, vecs, count);
	if (bdev)
		bio_set_dev(bio, bdev);
	bio->bi_opf = opf;
}

#define bio_init(bio, bdev, vecs, count, opf)	compat_bio_init(bio, bdev, vecs, count, opf)
#endif

#ifndef COMPAT_HAS_BIO_ALLOC_OP
static inline struct bio *compat_bio_alloc(struct block_device *bdev, unsigned short count,
					   unsigned int opf, gfp_t gfp, struct bio_set *set)
{
	struct bio *bio = bio_alloc_bioset(gfp, count, set);

	if (bio) {
		bio_set_dev(bio, bdev);
		bio->bi_opf = opf;
	}
	return bio;
}

#define bio_alloc_bioset(bdev, count, opf, gfp, set) compat_bio_alloc(bdev, count, opf, gfp, set)
#endif

#ifndef COMPAT_HAS_BIO_CLONE
static inline struct bio *bio_alloc_clone(struct block_device *bdev, struct bio *bio, gfp_t gfp,
					  struct bio_set *set)
{
	struct bio *clone = bio_clone_fast(bio, gfp, set);

	if (clone)
		bio_set_dev(clone, bdev);
	return clone;
}
#endif

/* disks */

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
 * That data is to stay as it is while it is written: an initializer in struct queue_limits, and
 * what does the same to a disk that is not added yet. One of them is empty.
 */
#ifdef COMPAT_HAS_FEAT_STABLE_WRITES
#define COMPAT_STABLE_WRITES			.features = BLK_FEAT_STABLE_WRITES,
#define compat_disk_set_stable_writes(disk)	do { } while (0)
#else
#define COMPAT_STABLE_WRITES
#define compat_disk_set_stable_writes(disk)	\
	blk_queue_flag_set(QUEUE_FLAG_STABLE_WRITES, (disk)->queue)
#endif

#ifdef COMPAT_HAS_ALLOC_QUEUE
static inline struct gendisk *compat_alloc_disk_and_queue(void)
{
	struct gendisk *disk = alloc_disk(0);

	if (!disk)
		return NULL;
	disk->queue = blk_alloc_queue(NUMA_NO_NODE);
	if (!disk->queue) {
		put_disk(disk);
		return NULL;
	}
	disk->flags |= GENHD_FL_EXT_DEVT;
	return disk;
}
#elif !defined(COMPAT_HAS_DISK_LIMITS)
static inline struct gendisk *compat_alloc_disk_and_queue(void)
{
	return blk_alloc_disk(NUMA_NO_NODE);
}
#endif

#ifdef COMPAT_HAS_DISK_LIMITS
#define compat_alloc_disk(lim)	blk_alloc_disk(lim, NUMA_NO_NODE)
#else
static inline struct gendisk *compat_alloc_disk(struct queue_limits *lim)
{
	struct gendisk *disk = compat_alloc_disk_and_queue();

	if (!disk)
		return ERR_PTR(-ENOMEM);
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

/*
 * Puts back what compat_alloc_disk() returned, and if it was added, del_gendisk() was called
 * for. Then, unless the driver's free_disk is called for that, nobody calls the driver for
 * the disk any more.
 */
#ifdef COMPAT_HAS_FREE_DISK
#define COMPAT_FREE_DISK(function)	.free_disk = function,
#define COMPAT_CALLS_FREE_DISK		true
#define compat_put_disk(disk, added)	put_disk(disk)
#else
#define COMPAT_FREE_DISK(function)
#define COMPAT_CALLS_FREE_DISK		false
static inline void compat_put_disk(struct gendisk *disk, bool added)
{
	blk_cleanup_queue(disk->queue);
#ifdef COMPAT_HAS_ALLOC_QUEUE
	/* Adding it has given it a reference to its queue. */
	if (!added)
		disk->queue = NULL;
#endif
	put_disk(disk);
}
#endif

#endif /* BLKSNAP_COMPAT_H */
