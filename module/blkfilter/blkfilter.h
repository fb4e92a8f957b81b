/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the filter core share. Filters include <linux/blk-filter.h> only.
 *
 * Locks, outermost first:
 *
 *   disk->open_mutex		of the block layer. The kernel removes partitions with it held, so
 *				no block device is opened or closed with one of the locks below
 *				held.
 *   attachment->op_lock	serializes attach, ctl, detaching and detach of an attachment
 *   blkfilter_lock		the registered filters, changes to the table of attachments, and
 *				whether the hooks are installed
 *   attachment->held_lock	the held bios and the resubmit queues
 *
 * The table of attachments is read under RCU.
 *
 * The declarations below are in the order of the files. A file uses only what is declared before its
 * own part.
 */
#ifndef BLKFILTER_INTERNAL_H
#define BLKFILTER_INTERNAL_H

#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/blk-filter.h>
#include <linux/hash.h>
#include <linux/kref.h>
#include <linux/mempool.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "../compat/compat.h"
#include "../idle.h"

/**
 * struct blkfilter_inflight - counts the bios of a device on one CPU
 * @entered: bios that entered the gate, and attempts that found it closed
 * @exited: the same, when they have ended
 *
 * Only the sums over all CPUs are meaningful, since a bio may end on another CPU.
 */
struct blkfilter_inflight {
	unsigned long entered;
	unsigned long exited;
};

/* Which passthrough commands a disk executes. */
enum passthrough_kind {
	PASSTHROUGH_OTHER,
	PASSTHROUGH_SCSI,
	PASSTHROUGH_VIRTIO,
	PASSTHROUGH_NVME,
	PASSTHROUGH_NVME_HEAD,
};

/**
 * struct resubmit_queue - bios of one cgroup that are submitted one after the other
 * @link: in &blkfilter_attachment.resubmit_queues while there are any
 * @att: the attachment
 * @group: compat_bio_group() of all of them
 * @bios: the bios
 * @count: number of bios
 * @work: submits them
 */
struct resubmit_queue {
	struct list_head link;
	struct blkfilter_attachment *att;
	const void *group;
	struct bio_list bios;
	unsigned int count;
	struct work_struct work;
};

/**
 * struct blkfilter_attachment - a filter on a device, the core's part
 * @node: in the table, keyed by the disk; RCU
 * @queue_node: in the table, keyed by the disk's queue; RCU
 * @disk: the disk that the device is, or is a partition of
 * @kind: kind of passthrough commands of the disk
 * @part: the device. Its memory is pinned while the attachment is in the table, but it is not open
 * @flt: the filter; valid while the attachment is in the table
 * @ref: one for the table, kept until the last bio has ended; one for each call that uses it
 * @op_lock: see above
 * @detached: it was removed from the table; under @op_lock
 * @removing: the device is being removed, so an attach that is in progress gives up
 *
 * @inflight: counts the bios in flight
 * @drain_wait: woken when a bio ends and @nr_waiters is not 0, and when a resubmit queue is empty
 * @nr_waiters: tasks waiting at @drain_wait for bios to end
 *
 * @gate_closed: new bios are held, during a take and at the end of an attach. Changed under
 *	@held_lock
 * @held_lock: protects @held, @nr_held, @resubmit_queues and what is in them; taken in any context
 * @held: bios that wait for the gate to open or for a context
 * @nr_held: number of bios in @held
 * @reserve: contexts for held bios. Each attachment has its own: a bio of an upper device ends only
 *	after those of lower devices have got theirs
 * @reserve_used: contexts that were allocated from @reserve and are not freed
 * @held_work: submits @held
 * @wq: runs @held_work. Each attachment has its own: a submission may block until bios of another
 *	device make progress
 *
 * @resubmit_queues: the queues with bios; see resubmit.c
 * @root_queue: the queue of the root cgroup
 * @resubmit_wq: runs the work of the queues
 * @nr_queued: bios in the queues, including those being submitted
 * @reap_work: drops the table's reference once no bio is in flight
 */
struct blkfilter_attachment {
	struct hlist_node node;
	struct hlist_node queue_node;
	struct gendisk *disk;
	enum passthrough_kind kind;
	struct compat_part *part;
	struct blkfilter *flt;
	struct kref ref;
	struct mutex op_lock;
	bool detached;
	bool removing;

	struct blkfilter_inflight __percpu *inflight;
	wait_queue_head_t drain_wait;
	atomic_t nr_waiters;

	bool gate_closed;
	raw_spinlock_t held_lock;
	struct bio_list held;
	unsigned int nr_held;
	mempool_t *reserve;
	atomic_t reserve_used;
	struct work_struct held_work;
	struct workqueue_struct *wq;

	struct list_head resubmit_queues;
	struct resubmit_queue root_queue;
	struct workqueue_struct *resubmit_wq;
	atomic_t nr_queued;
	struct work_struct reap_work;
};

/* code_ref.c: references to the module's code */
void code_ref_get(void);
void code_ref_put(void);
void code_ref_wait(void);

/* table.c: the table of attachments */
extern struct mutex blkfilter_lock;
#define TABLE_BITS	10
extern struct hlist_head blkfilter_table[1 << TABLE_BITS];

/* table_bucket - the list with the attachments of a disk, and maybe of others */
static inline struct hlist_head *table_bucket(struct gendisk *disk)
{
	return &blkfilter_table[hash_ptr(disk, TABLE_BITS)];
}

typedef int table_device_fn_t(struct device *dev, void *data);
bool table_has_disk(struct gendisk *disk);
bool table_has_queue(struct request_queue *queue);
bool table_has_device(struct device *dev);
void table_notify_changed(struct blkfilter_attachment *att);
void table_queue_changed(struct request_queue *queue);
int table_walk_devices(table_device_fn_t *function, void *data);
struct blkfilter_attachment *table_find_device(struct device *dev);
struct blkfilter_attachment *table_find_bdev(struct block_device *bdev);
struct blkfilter_attachment *table_find_disk(struct gendisk *disk);
sector_t table_rank(const struct blkfilter_attachment *att);
bool table_is_empty(void);
void table_set_class(struct device *dev);
void table_add(struct blkfilter_attachment *att);
void table_del(struct blkfilter_attachment *att);

/* gate.c: counts bios in and out, and holds them; here is what is done for each bio */

/**
 * gate_count_exit - count a bio out, without waking anybody
 * @att: the attachment
 *
 * The attachment may be freed afterwards. The caller keeps it by an RCU read-side critical section,
 * which disabled interrupts are too.
 *
 * Context: any.
 * Return: whether a task waits for bios to drain, and is to be woken in the same critical section.
 */
static inline bool gate_count_exit(struct blkfilter_attachment *att)
{
	/*
	 * A task that sees the exit of the bio also sees its entry, and everything that was done for
	 * the bio. It may then switch the change map. Pairs with the smp_mb() between the two sums of
	 * gate_is_drained(), see the head of gate.c. Not an instruction on x86.
	 */
	compat_smp_mb_before_this_cpu_inc();
	this_cpu_inc(att->inflight->exited);
	smp_mb(); /* pairs with gate_wait_drained() */
	return unlikely(atomic_read(&att->nr_waiters));
}

/**
 * gate_exit - count a bio out, and wake tasks waiting for in-flight bios to drain
 * @att: the attachment; it may be gone after the critical section
 *
 * Context: any, under RCU.
 */
static inline void gate_exit(struct blkfilter_attachment *att)
{
	if (gate_count_exit(att))
		wake_up(&att->drain_wait);
}

/**
 * gate_enter - count a bio in
 * @att: the attachment
 *
 * Context: any, under RCU.
 * Return: false if the gate is closed; the bio is not counted then.
 */
static inline bool gate_enter(struct blkfilter_attachment *att)
{
	this_cpu_inc(att->inflight->entered);
	smp_mb(); /* pairs with gate_close(), see the head of gate.c */
	/* Acquire: pairs with gate_open(). */
	if (likely(!smp_load_acquire(&att->gate_closed)))
		return true;
	gate_exit(att);
	return false;
}

/*
 * When this many bios are held at a gate or are in a resubmit queue, submitters have to wait. It is
 * about as many as a device has requests. Of the largest bios, 1 MiB each, they take 5 MiB for the
 * bios and their vectors.
 */
#define HELD_HIGH	1024
/* When this many are left, the submitters are woken. */
#define HELD_LOW	(HELD_HIGH * 3 / 4)

/*
 * held_max - how many bios an attachment may hold, or have in its resubmit queues, at all
 *
 * Not every submitter can be made to wait. Of the largest bios, these take less than a tenth of the
 * memory.
 */
static inline unsigned int held_max(void)
{
	return min(totalram_pages() / 16, (unsigned long)INT_MAX);
}

void gate_init(void);
wait_queue_head_t *gate_room(struct gendisk *disk);
bool gate_may_wait(const struct bio *bio);
void gate_wake(struct blkfilter_attachment *att, unsigned long flags);
void gate_add_held(struct blkfilter_attachment *att, struct bio *bio, bool has_reserve);
enum blkfilter_verdict gate_hold(struct blkfilter_attachment *att, struct bio *bio,
				 bool has_reserve);
enum blkfilter_verdict gate_hold_nomem(struct blkfilter_attachment *att, struct bio *bio);
struct bio *gate_pop_held(struct blkfilter_attachment *att);
void gate_close(struct blkfilter_attachment *att);
void gate_open(struct blkfilter_attachment *att);
bool gate_wait_drained(struct blkfilter_attachment *att, unsigned long deadline);
void gate_put_reserve(struct blkfilter_attachment *att);
void gate_wait_reserve(struct blkfilter_attachment *att);

/* bio.c: passes a bio to the filters */
int bio_ctx_init(void);
void bio_ctx_exit(void);
mempool_t *bio_new_reserve(void);
bool bio_has_ctx(struct bio *bio, struct blkfilter_attachment *att);
bool bio_copy_has_ctx(const struct bio *bio, struct blkfilter_attachment *att);
void bio_add_reserve_ctx(struct bio *bio, struct blkfilter_attachment *att);
struct blkfilter_attachment *bio_keeping_attachment(struct bio *bio);
enum blkfilter_verdict bio_filter(struct bio *bio, struct hlist_head *bucket);
bool bio_wait_room(struct bio *bio);

/* resubmit.c: submits bios that were held or kept */
void resubmit_held_work(struct work_struct *work);
void resubmit_drain(struct blkfilter_attachment *att);
int resubmit_init(struct blkfilter_attachment *att, const char *name);
void resubmit_exit(struct blkfilter_attachment *att);

/* attachment.c: the life of an attachment */
int attachment_init(void);
void attachment_exit(void);
struct blkfilter_attachment *attachment_new(struct block_device *bdev);
struct blkfilter_attachment *attachment_get(struct block_device *bdev);
void attachment_put(struct blkfilter_attachment *att);
void attachment_reap(struct blkfilter_attachment *att);

/* passthrough_harmless.c: commands that do not change data */
bool passthrough_is_harmless(struct request *rq, enum passthrough_kind kind, bool admin);

/* passthrough.c: commands that do not come as bios */

/**
 * struct passthrough - a passthrough command that is being executed
 * @link: in the list of all
 * @rq: its request
 * @queue: the queue of the request
 * @task: the task that executes it; NULL if no task waits for its completion
 * @changes: it may change a filtered device
 * @nvme: it is an NVMe command
 * @end_io: saved completion handler, if no task waits for its completion
 * @data: saved end_io_data of the request, likewise
 */
struct passthrough {
	struct list_head link;
	struct request *rq;
	struct request_queue *queue;
	struct task_struct *task;
	bool changes;
	bool nvme;
	rq_end_io_fn *end_io;
	void *data;
};

enum passthrough_kind passthrough_kind(struct gendisk *disk);
bool passthrough_is_path(struct gendisk *path, struct gendisk *head);
void passthrough_begin(struct passthrough *command, struct request *rq);
rq_end_io_fn *passthrough_begin_nowait(struct passthrough *command, struct request *rq,
				       rq_end_io_fn *done);
void passthrough_end(struct passthrough *command);
bool passthrough_is_known(struct request *rq);

/* stack.c has only functions for filters, declared in <linux/blk-filter.h>. */

/* submitters.c: finds bios that tasks are submitting */
int submitters_find(struct list_head *submitters);
bool submitters_check(struct list_head *submitters, struct blkfilter_attachment *att);
void submitters_forget(struct list_head *submitters);

/* earlier.c: waits for writes that were submitted before the filter was attached */
int earlier_wait(struct blkfilter_attachment *att, struct block_device *bdev);
void earlier_exit(void);

/* registry.c: attaches and detaches filters, quiesces devices */
void registry_init(int (*install)(void), void (*remove)(void));
void registry_remove_disk(struct gendisk *disk);
void registry_remove_device(struct device *dev);
int registry_attach(struct block_device *bdev, struct inode *inode, const char *name);
int registry_detach(struct block_device *bdev, const char *name);

/* ioctl.c: the commands on a block device's descriptor */
bool ioctl_is_ours(unsigned int cmd);
int ioctl_answer(struct block_device *bdev, struct inode *inode, unsigned int cmd,
		 void __user *argp);

/* hook.c: calls all of this from the kernel's functions */
int hook_init(void);
void hook_exit(void);
int hook_install(void);
void hook_remove(void);

#endif /* BLKFILTER_INTERNAL_H */
