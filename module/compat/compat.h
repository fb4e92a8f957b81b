/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes older kernels look like the newest one, as far as the modules use them. Only this folder has
 * conditionals on the kernel. config.h has the answers of probes/, each of which tests for one interface
 * and stands for that interface only.
 *
 * Most definitions give an older kernel an interface of the newest one, with the same name. A name with
 * compat_ or COMPAT_ is used where that is not possible.
 *
 * These replace functions of the kernel that a module cannot call. When a kernel is added, they are
 * compared with its source, and docs/kernels.md says so:
 *
 *	bio_clear_polled()		bio_clear_polled(), bio_clear_hipri() in block/blk.h
 *	compat_bio_start()		blk_partition_remap() in block/blk-core.c
 *	compat_bio_init(), compat_bio_alloc(), bio_alloc_clone()
 *					bio_init(), bio_alloc_bioset(), bio_alloc_clone() in
 *					block/bio.c: the device, with its cgroup, and the operation
 *	compat_part_next()		disk_part_iter_next(), xa_for_each() in block/genhd.c
 *	compat_part_is_live()		disk_live(), and what del_gendisk() and delete_partition()
 *					do before device_del()
 *	bdev_freeze(), bdev_thaw()	freeze_bdev(), thaw_bdev() in fs/block_dev.c
 *	compat_bdev_sync()		blkdev_flushbuf() in block/ioctl.c, fs_bdev_sync() in fs/super.c
 *	compat_unfreeze_queue()		blk_mq_unfreeze_queue() in linux/blk-mq.h
 *	compat_put_disk()		blk_cleanup_disk(), disk_release() in block/genhd.c
 *	memcpy_to_bvec()		memcpy_to_bvec() in linux/bvec.h
 *	regs_get_kernel_argument()	regs_get_kernel_argument() in asm/ptrace.h
 */
#ifndef BLKSNAP_COMPAT_H
#define BLKSNAP_COMPAT_H

#undef pr_fmt
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bio.h>
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/compat.h>
#include <linux/fs.h>
#include <linux/ftrace.h>
#include <linux/highmem.h>
#include <linux/kernfs.h>
#include <linux/sched/mm.h>
#include <linux/timer.h>
#include <linux/workqueue.h>
#include "config.h"
#include "../version.h"
#include "memory.h"
#include "hooks.h"
#include "bdev.h"
#include "open.h"
#include "freeze.h"
#include "bio.h"
#include "disk.h"
#include "requests.h"

#endif /* BLKSNAP_COMPAT_H */
