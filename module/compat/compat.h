/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes older kernels look like the newest one, as far as this project looks at them. The
 * only file with conditionals on the kernel; config.h has the answers of probes/.
 */
#ifndef BLKSNAP_COMPAT_H
#define BLKSNAP_COMPAT_H

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/ftrace.h>
#include <linux/sched/mm.h>
#include "config.h"
#include "../version.h"

/* ftrace */

/* With the arguments at hand no callback needs all registers. */
#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define COMPAT_FTRACE_SAVE_REGS	0
#else
#define COMPAT_FTRACE_SAVE_REGS	FTRACE_OPS_FL_SAVE_REGS
#endif

#ifndef COMPAT_HAS_FTRACE_GET_ARGUMENT
#define ftrace_regs_get_argument(fregs, n) regs_get_kernel_argument(&(fregs)->regs, n)
#define ftrace_regs_set_instruction_pointer(fregs, ip) ftrace_instruction_pointer_set(fregs, ip)
#endif

/* Whether some drivers are given pages to write, without a bio. */
#ifdef COMPAT_HAS_BDEV_WRITE_PAGE
#define COMPAT_WRITES_PAGES	true
#else
#define COMPAT_WRITES_PAGES	false
#endif

/* disks */

#ifdef COMPAT_HAS_DISK_LIMITS
#define compat_alloc_disk(lim)	blk_alloc_disk(lim, NUMA_NO_NODE)
#else
static inline struct gendisk *compat_alloc_disk_old(struct gendisk *disk, struct queue_limits *lim)
{
	if (!disk)
		return ERR_PTR(-ENOMEM);
	if (lim) {
		blk_queue_logical_block_size(disk->queue, lim->logical_block_size);
		blk_queue_physical_block_size(disk->queue, lim->physical_block_size);
		blk_queue_io_min(disk->queue, lim->io_min);
		blk_queue_dma_alignment(disk->queue, lim->dma_alignment);
	}
	return disk;
}

#define compat_alloc_disk(lim)	compat_alloc_disk_old(blk_alloc_disk(NUMA_NO_NODE), lim)
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
#define bdev_freeze(bdev)	freeze_bdev(bdev)
#define bdev_thaw(bdev)		thaw_bdev(bdev)
#endif

#endif /* BLKSNAP_COMPAT_H */
