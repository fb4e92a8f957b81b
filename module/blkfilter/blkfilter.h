/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the filter core share. Filters see <linux/blk-filter.h> only.
 *
 * Locks, outermost first:
 *
 *   disk->open_mutex		the block layer's. Removal of a partition comes with it
 *				held, so nobody opens or closes a block device with one
 *				of the locks below held.
 *   attachment->op_lock	one call of attach, ctl, detaching, detach at a time
 *   blkfilter_lock		registered filters, changes to the tables of attachments,
 *				whether the hooks are installed
 *   attachment->held_lock	the held bios
 *
 * The tables themselves are read under RCU.
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
 * struct blkfilter_inflight - bios let through to a device, and ended, on one CPU
 * @entered: bios that went past the gate, and attempts that found it closed
 * @exited: of these, those that are over
 *
 * Only the sums over all CPUs mean something: a bio may end on another CPU.
 */
struct blkfilter_inflight {
	unsigned long entered;
	unsigned long exited;
};

/* What sort of passthrough commands a disk understands. */
enum passthrough_kind {
	PASSTHROUGH_OTHER,
	PASSTHROUGH_SCSI,
	PASSTHROUGH_VIRTIO,
	PASSTHROUGH_NVME,
	PASSTHROUGH_NVME_HEAD,
};

/**
 * struct lane - bios of one cgroup that are being submitted one after the other
 * @link: in the attachment's list, as long as it has any
 * @att: the attachment
 * @group: compat_bio_group() of all of them
 * @bios: the bios
 * @count: their number
 * @work: submits them
 */
struct lane {
	struct list_head link;
	struct blkfilter_attachment *att;
	const void *group;
	struct bio_list bios;
	unsigned int count;
	struct work_struct work;
};

/**
 * struct blkfilter_attachment - a filter on a device, the core's side
 * @node: in the table of attachments, under its disk; RCU
 * @queue_node: likewise, under the disk's queue
 * @disk: the disk the device is, or is a part of
 * @kind: of the disk
 * @part: the device; its memory is pinned until the attachment left the table, but it is
 *	not open
 * @flt: the filter; not to be followed once the attachment left the table
 * @ref: one until the last of its bios ended, one per ioctl that uses it
 * @op_lock: see above
 * @detached: it left the table; under @op_lock
 * @removing: the device goes away; an attach that is under way gives up
 * @inflight: bios in flight
 * @drain_wait: woken when a bio ends while somebody waits for that
 * @nr_waiters: how many wait at @drain_wait
 * @gate_closed: new bios are to be held; during a take, and at the end of an attach. Changed
 *	under @held_lock
 * @held_lock: protects @held, @nr_held and the lanes, taken in any context
 * @held: bios that wait for the gate to open, or for memory
 * @nr_held: their number
 * @reserve: struct bio_ctx for bios that were held; of its own, since a bio of an upper device
 *	ends only after those of lower ones got theirs
 * @reserve_used: those taken from @reserve that have not come back
 * @held_work: submits them anew
 * @wq: runs @held_work; of its own, since a submission may block until another device's
 *	bios go on
 * @lanes: those that have bios; see lane.c
 * @common: the one that is always there
 * @lane_wq: runs them
 * @queued: bios in lanes
 * @reap_work: frees the attachment once its bios have ended
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
	struct list_head lanes;
	struct lane common;
	struct workqueue_struct *lane_wq;
	atomic_t queued;
	struct work_struct reap_work;
};

/* registry.c: which filters there are, and which device has which */
extern struct mutex blkfilter_lock;
int registry_init(void);
void registry_exit(void);
#define TABLE_BITS	10
extern struct hlist_head registry_table[1 << TABLE_BITS];

/* registry_bucket - where the attachments of a disk are, among others */
static inline struct hlist_head *registry_bucket(struct gendisk *disk)
{
	return &registry_table[hash_ptr(disk, TABLE_BITS)];
}

sector_t registry_rank(const struct blkfilter_attachment *att);
bool registry_queue_is_concerned(struct request_queue *queue);
void registry_tell_changed(struct blkfilter_attachment *att);
void registry_queue_changed(struct request_queue *queue);
typedef int registry_device_fn_t(struct device *dev, void *data);
int registry_walk_devices(registry_device_fn_t *function, void *data);
bool registry_disk_is_filtered(struct gendisk *disk);
bool registry_device_is_filtered(struct device *dev);
void registry_remove_disk(struct gendisk *disk);
void registry_remove_device(struct device *dev);
int registry_attach(struct block_device *bdev, struct inode *inode, const char *name);
int registry_detach(struct block_device *bdev, const char *name);
struct blkfilter_attachment *registry_get(struct block_device *bdev);
void registry_put(struct blkfilter_attachment *att);

/* gate.c: counts bios in and out, holds them back; here is what is done for each bio */

/**
 * gate_count_exit - count a bio out, but wake nobody
 * @att: the attachment
 *
 * Then the attachment may go; what keeps it is that the caller is in an RCU read section, or has
 * interrupts off, which is one as well.
 *
 * Return: whether somebody waits for bios to end and is to be woken, in the same section.
 */
static inline bool gate_count_exit(struct blkfilter_attachment *att)
{
	/*
	 * Whoever finds the bio counted out finds it counted in, and all done that was done for
	 * it: the change map may be switched then. Pairs with the smp_mb() between the two sums
	 * of gate_is_drained(), see the head of gate.c. On x86 no instruction.
	 */
	compat_smp_mb_before_this_cpu_inc();
	this_cpu_inc(att->inflight->exited);
	smp_mb(); /* pairs with the one in gate_wait_drained() */
	return unlikely(atomic_read(&att->nr_waiters));
}

/**
 * gate_exit - count a bio out
 * @att: the attachment, under RCU; it may be gone when the read section ends
 *
 * Context: any.
 */
static inline void gate_exit(struct blkfilter_attachment *att)
{
	if (gate_count_exit(att))
		wake_up(&att->drain_wait);
}

/**
 * gate_enter - count a bio in
 * @att: the attachment, under RCU
 *
 * Return: false if the gate is closed; then the bio was not counted.
 */
static inline bool gate_enter(struct blkfilter_attachment *att)
{
	this_cpu_inc(att->inflight->entered);
	smp_mb(); /* pairs with the one in gate_close(), see gate.c */
	/* What was switched while it was closed is seen by whoever comes after. */
	if (likely(!smp_load_acquire(&att->gate_closed)))
		return true;
	gate_exit(att);
	return false;
}

/*
 * Where so many bios wait, held at a gate or in one lane, who submits more has to wait: about as
 * many as a device has requests. Of the largest, 1 MiB each, these are 5 MiB of bios and vectors.
 */
#define HELD_ENOUGH	1024
/* When so many are left, who waits for that goes on. */
#define HELD_ROOM	(HELD_ENOUGH * 3 / 4)

/*
 * queued_max - so many at the most, held at a closed gate or in the lanes of an attachment, since not
 * everybody can be made to wait: of the largest, these are less than a tenth of the memory
 */
static inline unsigned int queued_max(void)
{
	return min(totalram_pages() / 16, (unsigned long)INT_MAX);
}

void gate_wake(struct blkfilter_attachment *att, unsigned long flags);
void gate_add_held(struct blkfilter_attachment *att, struct bio *bio);
enum blkfilter_verdict gate_hold(struct blkfilter_attachment *att, struct bio *bio);
enum blkfilter_verdict gate_hold_nomem(struct blkfilter_attachment *att, struct bio *bio);
void gate_init(void);
bool gate_may_wait(const struct bio *bio);
bool gate_wait_room(struct bio *bio);
void gate_close(struct blkfilter_attachment *att);
void gate_open(struct blkfilter_attachment *att);
void gate_held_work(struct work_struct *work);
bool gate_wait_drained(struct blkfilter_attachment *att, unsigned long deadline);
void gate_put_reserve(struct blkfilter_attachment *att);
void gate_wait_reserve(struct blkfilter_attachment *att);

/* lane.c: lets bios go on, those of one cgroup without waiting for those of another */
void lane_submit(struct blkfilter_attachment *att, struct bio *bio);
bool lane_is_full(struct blkfilter_attachment *att, struct bio *bio);
void lane_wait_empty(struct blkfilter_attachment *att);
int lane_init(struct blkfilter_attachment *att, const char *name);
void lane_exit(struct blkfilter_attachment *att);

/* bio.c: the way of a bio */
int bio_ctx_init(void);
void bio_ctx_exit(void);
mempool_t *bio_ctx_new_reserve(void);
enum blkfilter_verdict bio_filter(struct bio *bio, struct hlist_head *bucket);
bool bio_is_shown(struct bio *bio, struct blkfilter_attachment *att);
bool bio_copy_is_shown(const struct bio *bio, struct blkfilter_attachment *att);
void bio_ctx_add_reserve(struct bio *bio, struct blkfilter_attachment *att);

/* hook.c: how bios, ioctls and removals get here */
int hook_init(void);
void hook_exit(void);
int hook_install(void);
void hook_remove(void);
void hook_enter(void);
void hook_leave(void);

/* ioctl.c: the commands on a block device's descriptor */
bool ioctl_is_ours(unsigned int cmd);
int ioctl_answer(struct block_device *bdev, struct inode *inode, unsigned int cmd,
		 void __user *argp);

/* earlier.c: what was submitted before there was a filter */
int earlier_wait(struct blkfilter_attachment *att, struct block_device *bdev);
void earlier_exit(void);

/* passthrough.c: commands that are no bios */

/**
 * struct passthrough - a passthrough command that is being executed
 * @link: in the list of all
 * @rq: its request
 * @queue: that of the request
 * @task: who executes it; NULL for one whose end is waited for by nobody
 * @changes: it may change a filtered device
 * @nvme: it is one of NVMe
 * @end_io: for one whose end nobody waits for: what is to be called then
 * @data: and the request's end_io_data
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

#endif /* BLKFILTER_INTERNAL_H */
