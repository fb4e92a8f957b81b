/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes older kernels look like the newest one, as far as this project looks at them. Only this
 * folder has conditionals on the kernel; config.h has the answers of probes/. Each asks for one
 * thing, and stands for that thing only.
 *
 * Most of it defines what an older kernel lacks by the name that it has in the newest. Names
 * with compat_ or COMPAT_ stand for what cannot be had by one name alone.
 *
 * What is done here in place of a function of the kernel that a module cannot call. When a kernel
 * is added, they are compared with its source, and docs/kernels.md says so:
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
#include <linux/sched/mm.h>
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

/* cgroups: which one a bio is charged to; NULL is the root. A name only, valid as long as the bio. */

#ifdef CONFIG_BLK_CGROUP
static inline const void *compat_bio_group(struct bio *bio)
{
	struct blkcg_gq *group = bio->bi_blkg;

	return group == compat_bio_disk(bio)->queue->root_blkg ? NULL : group;
}
#else
#define compat_bio_group(bio)	((const void *)NULL)
#endif

/* timers */

#ifndef COMPAT_HAS_TIMER_DELETE_SYNC
#define timer_delete_sync(timer)	del_timer_sync(timer)
#endif

/* sysfs */

/* The root of sysfs, which is always there: the parent of /sys/kernel. */
static inline struct kernfs_node *compat_sysfs_root(void)
{
#ifdef COMPAT_HAS_KERNFS_PARENT_RCU
	return rcu_dereference_protected(kernel_kobj->sd->__parent, true);
#else
	return kernel_kobj->sd->parent;
#endif
}

/* memory order */

/*
 * All that was done before comes before an increment of a per-CPU counter that follows. That is
 * no atomic operation in the sense of smp_mb__before_atomic(). x86 keeps the order of loads and
 * stores with later stores by itself.
 */
#ifdef CONFIG_X86
#define compat_smp_mb_before_this_cpu_inc()	barrier()
#else
#define compat_smp_mb_before_this_cpu_inc()	smp_mb() /* pairs as its user says */
#endif

/* grace periods of tasks: without preemption they are those of RCU */

#ifdef CONFIG_TASKS_RCU
#define compat_rcu_barrier_tasks()	rcu_barrier_tasks()
#else
#define compat_rcu_barrier_tasks()	rcu_barrier()
#endif

/* passthrough requests */

/*
 * Of blk_execute_rq(): parameters, the request's place in them, what it returns, a call with these
 * parameters. Of blk_execute_rq_nowait() the same, with a function to be called at the end, which is
 * in the request already, or a parameter more.
 */
#ifdef COMPAT_HAS_EXECUTE_RQ_QUEUE
#define COMPAT_EXECUTE_PARAMS \
	struct request_queue *queue, struct gendisk *disk, struct request *rq, int at_head
#define COMPAT_EXECUTE_DONE_PARAMS \
	struct request_queue *queue, struct gendisk *disk, struct request *rq, int at_head, \
	__typeof__(rq_end_io_fn) *end_io
#define COMPAT_EXECUTE_RQ	2
#define compat_execute_t	typeof(blk_execute_rq(NULL, NULL, NULL, 0))
#define compat_execute()	blk_execute_rq(queue, disk, rq, at_head)
#define compat_nowait(done)	blk_execute_rq_nowait(queue, disk, rq, at_head, done)
#elif defined(COMPAT_HAS_EXECUTE_RQ_DISK)
#define COMPAT_EXECUTE_PARAMS	struct gendisk *disk, struct request *rq, int at_head
#define COMPAT_EXECUTE_DONE_PARAMS \
	struct gendisk *disk, struct request *rq, int at_head, __typeof__(rq_end_io_fn) *end_io
#define COMPAT_EXECUTE_RQ	1
#define compat_execute_t	typeof(blk_execute_rq(NULL, NULL, 0))
#define compat_execute()	blk_execute_rq(disk, rq, at_head)
#define compat_nowait(done)	blk_execute_rq_nowait(disk, rq, at_head, done)
#else
#define COMPAT_EXECUTE_PARAMS	struct request *rq, bool at_head
#define COMPAT_EXECUTE_DONE_PARAMS \
	struct request *rq, bool at_head, __typeof__(rq_end_io_fn) *end_io
#define COMPAT_EXECUTE_RQ	0
#define compat_execute_t	typeof(blk_execute_rq(NULL, false))
#define compat_execute()	blk_execute_rq(rq, at_head)
#define compat_nowait(done)	blk_execute_rq_nowait(rq, at_head, done)
#endif

#ifdef COMPAT_HAS_EXECUTE_RQ_DONE
#define COMPAT_NOWAIT_PARAMS		COMPAT_EXECUTE_DONE_PARAMS
#define COMPAT_NOWAIT_END_IO		end_io
#define compat_execute_nowait(done)	compat_nowait(done)
#else
#define COMPAT_NOWAIT_PARAMS		COMPAT_EXECUTE_PARAMS
#define COMPAT_NOWAIT_END_IO		((rq)->end_io)
#define compat_execute_nowait(done) \
	do { (rq)->end_io = (done); blk_execute_rq_nowait(rq, at_head); } while (0)
#endif

/* That function's parameters, what it returns, a call with these parameters. */
#ifdef COMPAT_HAS_END_IO_BATCH
#define COMPAT_END_IO_PARAMS \
	struct request *rq, blk_status_t status, const struct io_comp_batch *batch
#define compat_end_io(function)	((function)(rq, status, batch))
#else
#define COMPAT_END_IO_PARAMS	struct request *rq, blk_status_t status
#define compat_end_io(function)	((function)(rq, status))
#endif
#ifdef COMPAT_HAS_END_IO_RET
#define compat_end_io_t		enum rq_end_io_ret
#else
#define compat_end_io_t		void
#endif

/* At which place the request is among the arguments of blk_insert_cloned_request(). */
#ifdef COMPAT_HAS_INSERT_CLONED_QUEUE
#define COMPAT_INSERT_CLONED_RQ	1
#else
#define COMPAT_INSERT_CLONED_RQ	0
#endif

/* Parameters of a function that looks at requests in flight. */
#ifdef COMPAT_HAS_BUSY_ITER_RESERVED
#define COMPAT_BUSY_ITER_PARAMS	struct request *rq, void *data, bool reserved
#else
#define COMPAT_BUSY_ITER_PARAMS	struct request *rq, void *data
#endif

/*
 * Whether the queue of a disk that is not open can be frozen while its driver may take the disk
 * away: not if the driver cleans it up for good before its last user has gone.
 */
#ifdef COMPAT_HAS_CLEANUP_QUEUE
#define COMPAT_QUEUES_STAY	false
#else
#define COMPAT_QUEUES_STAY	true
#endif

#endif /* BLKSNAP_COMPAT_H */
