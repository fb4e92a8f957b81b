/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of a kernel as module/compat sees, made up for the test: what it declares depends on
 * what the kernel has (HAS_NAME for the question NAME, from the table "kernels"), and what it does
 * is to remember what it was told. It is for one program in one file, see checks.h.
 */
#ifndef DECLARATIONS_H
#define DECLARATIONS_H

#include "facts.h"

#define CONFIG_BLK_CGROUP 1
#define CONFIG_SMP 1
#ifdef HAS_CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define CONFIG_TASKS_RCU 1
#else
#define CONFIG_X86 1
#endif

typedef unsigned char u8, blk_status_t;
typedef unsigned int u32, gfp_t, fmode_t, blk_mode_t, blk_opf_t, blk_qc_t, dev_t;
typedef unsigned long long u64, sector_t;
typedef long long loff_t;
#define bool	_Bool
#define true	1
#define false	0
#define NULL	((void *)0)
#define ULONG_MAX	(~0UL)
#define SECTOR_SHIFT	9
#define ENOMEM		12
#define GFP_KERNEL	0xcc0U
#define GFP_NOIO	0xc00U
#define NUMA_NO_NODE	(-1)
#define READ_ONCE(x)	(x)
#define ERR_PTR(error)	((void *)(long)(error))
#define PTR_ERR_OR_ZERO(p) ((unsigned long)(p) >= -4095UL ? (int)(long)(p) : 0)
#define BUILD_BUG_ON_ZERO(e) ((int)sizeof(struct { int : -!!(e); }))
#define IS_ENABLED(option) (option)
#define CONFIG_COMPAT 1
#define rcu_read_lock()		do { } while (0)
#define rcu_read_unlock()	do { } while (0)
#define rcu_dereference(p)	(p)
#define rcu_dereference_protected(p, condition) ((void)(condition), (p))
#define barrier()		do { } while (0)
#define smp_mb()		((void)told.barriers++)
#define rcu_barrier()		((void)told.waited++)
#ifdef CONFIG_TASKS_RCU
#define rcu_barrier_tasks()	((void)(told.waited += 2))
#endif

struct task_struct {
	int on_cpu;
};

void *calloc(unsigned long count, unsigned long size);
void *memcpy(void *to, const void *from, unsigned long size);
int strcmp(const char *a, const char *b);
int printf(const char *format, ...);

/* what was told */
static struct {
	unsigned int opened, closed, frozen, thawed, unfrozen, noio, flushed;
	unsigned int submitted, direct, added, cleaned, put, node, memory, wrong;
	unsigned int barriers, waited, deleted, locked, synced, executed, ended;
} told;

/* memory */

struct page {
	char data[64];
};

struct bio_vec {
	struct page *bv_page;
	unsigned int bv_len, bv_offset;
};

#define flush_dcache_page(page)	((void)(page), told.flushed++)
#define memalloc_noio_restore(flags) ((void)(told.noio += (flags)))

#ifdef HAS_KMAP_LOCAL
static inline void *kmap_local_page(struct page *page) { return page->data; }
static inline void kunmap_local(void *addr) { }
#else
static inline void *kmap_atomic(struct page *page) { return page->data; }
static inline void kunmap_atomic(void *addr) { }
#endif

#ifdef HAS_MEMCPY_TO_BVEC
static inline void memcpy_to_bvec(struct bio_vec *bv, const char *from)
{
	memcpy(bv->bv_page->data + bv->bv_offset, from, bv->bv_len);
	told.flushed++;
}
#endif

enum {
	WQ_UNBOUND = 2,
#ifdef HAS_WQ_PERCPU
	WQ_PERCPU = 256,
#endif
};

struct timer_list {
	int pending;
};

#ifdef HAS_TIMER_DELETE_SYNC
static inline int timer_delete_sync(struct timer_list *timer) { told.deleted++; return 1; }
#else
static inline int del_timer_sync(struct timer_list *timer) { told.deleted++; return 1; }
#endif

/* sysfs */

struct kernfs_node {
#ifdef HAS_KERNFS_PARENT_RCU
	struct kernfs_node *__parent;
#else
	struct kernfs_node *parent;
#endif
};

static struct kernfs_node sysfs_root, sysfs_kernel = { &sysfs_root };
static struct kobject {
	struct kernfs_node *sd;
} the_kernel = { &sysfs_kernel }, *kernel_kobj = &the_kernel;

/* devices */

struct inode {
	bool unhashed;
	loff_t size;
};

#define inode_unhashed(inode)	((inode)->unhashed)
#define i_size_read(inode)	((inode)->size)

struct file {
	struct block_device *bdev;
};

struct device {
	dev_t devt;
};

struct attribute_group;
struct super_block;
struct gendisk;
struct bio;
struct request_queue;

struct block_device {
	struct gendisk *bd_disk;
	struct inode *bd_inode;
	struct super_block *super;
	unsigned int freezes;
	int bd_partno;
#ifndef HAS_FSYNC_BDEV
	int bd_holder_lock;
	const struct blk_holder_ops *bd_holder_ops;
#endif
#ifdef HAS_BDEV_PART
	sector_t bd_start_sect;
	struct device bd_device;
#else
	struct hd_struct *bd_part;
#endif
};

#ifdef HAS_BDEV_PART
#define dev_to_bdev(dev) \
	((struct block_device *)((char *)(dev) - __builtin_offsetof(struct block_device, bd_device)))
typedef struct block_device part_t;
#else
struct hd_struct {
	sector_t start_sect, nr_sects;
	int partno;
	struct gendisk *disk;
	struct device dev;
};

#define part_to_disk(part)	((part)->disk)
#define part_to_dev(part)	(&(part)->dev)
#define dev_to_part(device) \
	((struct hd_struct *)((char *)(device) - __builtin_offsetof(struct hd_struct, dev)))
typedef struct hd_struct part_t;
#endif

#ifdef HAS_PART_XARRAY
#define XA_PRESENT 8U

struct xarray {
	void *entry[4];
};

static inline void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max,
			    unsigned int filter)
{
	for (; *index < 4 && *index <= max; ++*index)
		if (xa->entry[*index])
			return xa->entry[*index];
	return NULL;
}
#else
struct disk_part_tbl {
	int len;
	part_t *part[4];
};
#endif

#ifdef HAS_BDEV_NR_SECTORS
static inline sector_t bdev_nr_sectors(struct block_device *bdev)
{
	return bdev->bd_inode->size >> SECTOR_SHIFT;
}
#endif

#ifdef HAS_BDEV_WRITE_PAGE
int bdev_write_page(struct block_device *bdev, sector_t sector, struct page *page, void *wbc);
#endif
#ifdef HAS_BLKDEV_IOCTL_BDEV
int blkdev_ioctl(struct block_device *bdev, fmode_t mode, unsigned int cmd, unsigned long arg);
#endif

/* opening */

#define FMODE_READ	((fmode_t)1)
#ifdef HAS_BLK_OPEN_READ
#define BLK_OPEN_READ	((blk_mode_t)1)
#endif

static struct block_device the_bdev;

#define OPENS(name, type, key, hops, value)	\
static inline type *name(key, unsigned int mode, void *holder hops)	\
{	\
	told.opened++;	\
	told.wrong += mode != 1 || holder;	\
	return value;	\
}
#define HOPS	, const void *ops

#if defined(HAS_BDEV_FILE)
static struct file the_file = { &the_bdev };
OPENS(bdev_file_open_by_path, struct file, const char *path, HOPS, &the_file)
OPENS(bdev_file_open_by_dev, struct file, dev_t dev, HOPS, &the_file)
#define file_bdev(file)	((file)->bdev)
static inline void bdev_fput(struct file *file) { told.closed++; }
#elif defined(HAS_BDEV_HANDLE)
struct bdev_handle {
	struct block_device *bdev;
};

static struct bdev_handle the_handle = { &the_bdev };
OPENS(bdev_open_by_path, struct bdev_handle, const char *path, HOPS, &the_handle)
OPENS(bdev_open_by_dev, struct bdev_handle, dev_t dev, HOPS, &the_handle)
static inline void bdev_release(struct bdev_handle *handle) { told.closed++; }
#else
#ifdef HAS_BLKDEV_GET_HOPS
OPENS(blkdev_get_by_path, struct block_device, const char *path, HOPS, &the_bdev)
OPENS(blkdev_get_by_dev, struct block_device, dev_t dev, HOPS, &the_bdev)
#else
OPENS(blkdev_get_by_path, struct block_device, const char *path, , &the_bdev)
OPENS(blkdev_get_by_dev, struct block_device, dev_t dev, , &the_bdev)
#endif
#ifdef HAS_BLKDEV_PUT_HOLDER
static inline void blkdev_put(struct block_device *bdev, void *holder)
{
	told.closed++;
	told.wrong += !!holder;
}
#else
static inline void blkdev_put(struct block_device *bdev, fmode_t mode)
{
	told.closed++;
	told.wrong += mode != FMODE_READ;
}
#endif
#endif

/* freezing */

#if defined(HAS_BDEV_FREEZE)
static inline int bdev_freeze(struct block_device *bdev) { told.frozen++; return 0; }
#elif defined(HAS_FREEZE_BDEV_SUPER)
static inline struct super_block *freeze_bdev(struct block_device *bdev)
{
	told.frozen++;
	return bdev->super;
}
#else
static inline int freeze_bdev(struct block_device *bdev) { told.frozen++; return 0; }
#endif

#if defined(HAS_BDEV_THAW)
static inline int bdev_thaw(struct block_device *bdev) { told.thawed++; return 0; }
#elif defined(HAS_THAW_BDEV_SUPER)
#define get_super(bdev)	((bdev)->super)
#define drop_super(sb)	((void)(sb))
static inline int thaw_bdev(struct block_device *bdev, struct super_block *sb)
{
	told.thawed++;
	told.wrong += sb != bdev->super;
	return 0;
}
#else
static inline int thaw_bdev(struct block_device *bdev) { told.thawed++; return 0; }
#endif

#ifdef HAS_FSYNC_BDEV
static inline int fsync_bdev(struct block_device *bdev) { told.synced++; return 0; }
#else
struct blk_holder_ops {
	void (*sync)(struct block_device *bdev);
};

#define mutex_lock(lock)	((void)(*(lock) = 1, told.locked++))
#define mutex_unlock(lock)	((void)(told.wrong += !*(lock), *(lock) = 0))
static inline int sync_blockdev(struct block_device *bdev) { told.synced++; return 0; }
#endif

#ifdef HAS_QUEUE_MEMFLAGS
static inline void blk_mq_unfreeze_queue(struct request_queue *queue, unsigned int memflags)
{
	told.unfrozen++;
	told.noio += memflags;
}
#else
static inline void blk_mq_unfreeze_queue(struct request_queue *queue) { told.unfrozen++; }
#endif

/* bios */

struct bio {
#ifdef HAS_BIO_BDEV
	struct block_device *bi_bdev;
#else
	struct gendisk *bi_disk;
	u8 bi_partno;
#endif
	blk_opf_t bi_opf;
	unsigned long bi_flags;
	void *bi_blkg;
	struct {
		sector_t bi_sector;
	} bi_iter;
	struct bio *source;
	struct bio_vec *vecs;
	unsigned int count;
	gfp_t gfp;
#ifdef HAS_BI_COOKIE
	blk_qc_t bi_cookie;
#endif
};

struct bio_set {
	struct bio bio;
};

enum {
	BIO_THROTTLED,
#ifdef HAS_BIO_BDEV
	BIO_REMAPPED,
#endif
#ifdef HAS_BIO_PERCPU_CACHE
	BIO_PERCPU_CACHE,
#endif
};

#define REQ_OP_READ	0U
#define REQ_OP_WRITE	1U
/* As bits, whatever they are called. */
#define POLLED_BIT	(1U << 24)
#ifdef HAS_REQ_POLLED
#define REQ_POLLED	POLLED_BIT
#else
#define REQ_HIPRI	POLLED_BIT
#endif

#define bio_flagged(bio, flag)		(!!((bio)->bi_flags & (1UL << (flag))))
#define bio_set_flag(bio, flag)		((bio)->bi_flags |= 1UL << (flag))
#define bio_clear_flag(bio, flag)	((bio)->bi_flags &= ~(1UL << (flag)))
#define bio_associate_blkg(bio)		((bio)->bi_blkg = (bio))

static inline void bio_set_dev(struct bio *bio, struct block_device *bdev)
{
#ifdef HAS_BIO_BDEV
	bio->bi_bdev = bdev;
#else
	bio->bi_disk = bdev->bd_disk;
	bio->bi_partno = bdev->bd_partno;
#endif
	bio_associate_blkg(bio);
}

#ifdef HAS_BIO_CLEAR_POLLED
static inline void bio_clear_polled(struct bio *bio) { bio->bi_opf &= ~POLLED_BIT; }
#endif

static inline void start_bio(struct bio *bio, struct bio_vec *vecs, unsigned int count)
{
	*bio = (struct bio) { .vecs = vecs, .count = count };
}

#ifdef HAS_BIO_INIT_OP
static inline void bio_init(struct bio *bio, struct block_device *bdev, struct bio_vec *vecs,
			    unsigned short count, blk_opf_t opf)
{
	start_bio(bio, vecs, count);
	if (bdev)
		bio_set_dev(bio, bdev);
	bio->bi_opf = opf;
}
#else
static inline void bio_init(struct bio *bio, struct bio_vec *vecs, unsigned short count)
{
	start_bio(bio, vecs, count);
}
#endif

#ifdef HAS_BIO_ALLOC_OP
static inline struct bio *bio_alloc_bioset(struct block_device *bdev, unsigned short count,
					   blk_opf_t opf, gfp_t gfp, struct bio_set *set)
{
	start_bio(&set->bio, NULL, count);
	bio_set_dev(&set->bio, bdev);
	set->bio.bi_opf = opf;
	set->bio.gfp = gfp;
	return &set->bio;
}
#else
static inline struct bio *bio_alloc_bioset(gfp_t gfp, unsigned int count, struct bio_set *set)
{
	start_bio(&set->bio, NULL, count);
	set->bio.gfp = gfp;
	return &set->bio;
}
#endif

static inline struct bio *clone(struct bio *bio, gfp_t gfp, struct bio_set *set)
{
	set->bio = *bio;
	set->bio.source = bio;
	set->bio.gfp = gfp;
	return &set->bio;
}

#ifdef HAS_BIO_CLONE
static inline struct bio *bio_alloc_clone(struct block_device *bdev, struct bio *bio, gfp_t gfp,
					  struct bio_set *set)
{
	bio_set_dev(clone(bio, gfp, set), bdev);
	return &set->bio;
}
#else
static inline struct bio *bio_clone_fast(struct bio *bio, gfp_t gfp, struct bio_set *set)
{
	return clone(bio, gfp, set);
}
#endif

#ifdef HAS_SUBMIT_BIO_VOID
#define QC	void
#define RETURN_QC
#else
#define QC	blk_qc_t
#define RETURN_QC return BLK_QC_T_NONE
#define BLK_QC_T_NONE	-1U
#endif

static inline QC submit_bio(struct bio *bio) { told.submitted++; RETURN_QC; }
#ifdef HAS_SUBMIT_BIO_NOACCT
static inline QC submit_bio_noacct(struct bio *bio) { told.submitted++; RETURN_QC; }
#else
static inline QC generic_make_request(struct bio *bio) { told.submitted++; RETURN_QC; }
#endif
#ifdef HAS_DIRECT_MAKE_REQUEST
static inline QC direct_make_request(struct bio *bio) { told.direct++; RETURN_QC; }
#endif

/* disks */

struct queue_limits {
	unsigned int logical_block_size, physical_block_size, io_min;
#ifdef HAS_LIMITS_DMA_ALIGNMENT
	unsigned int dma_alignment;
#endif
#ifdef HAS_FEAT_STABLE_WRITES
	unsigned int features;
#endif
};

struct request_queue {
	struct queue_limits limits;
	void *root_blkg;
	unsigned long flags;
	unsigned int users;
#ifndef HAS_SUBMIT_BIO_OP
	void *queuedata;
	QC (*make_request)(struct request_queue *queue, struct bio *bio);
#endif
};

struct block_device_operations {
	void *owner;
#ifdef HAS_SUBMIT_BIO_OP
	QC (*submit_bio)(struct bio *bio);
#endif
#ifdef HAS_FREE_DISK
	void (*free_disk)(struct gendisk *disk);
#endif
};

struct gendisk {
	int flags;
	struct request_queue *queue;
	const struct block_device_operations *fops;
	bool live;
#ifdef HAS_BDEV_PART
	struct block_device *part0;
#else
	struct hd_struct part0;
#endif
#ifdef HAS_PART_XARRAY
	struct xarray part_tbl;
#else
	struct disk_part_tbl *part_tbl;
#endif
#ifdef HAS_DISKSEQ
	u64 diskseq;
#endif
};

#define GENHD_FL_EXT_DEVT	64
#define GENHD_FL_UP		16
#define NO_PART_BIT		512
#ifdef HAS_GENHD_NO_PART
enum { GENHD_FL_NO_PART = NO_PART_BIT };
#else
#define GENHD_FL_NO_PART_SCAN	NO_PART_BIT
#endif

#ifdef HAS_DISK_LIVE
static inline bool disk_live(struct gendisk *disk) { return disk->live; }
#endif

#define STABLE_WRITES_BIT	5
#ifdef HAS_FEAT_STABLE_WRITES
#define BLK_FEAT_STABLE_WRITES	(1U << STABLE_WRITES_BIT)
#else
#define QUEUE_FLAG_STABLE_WRITES STABLE_WRITES_BIT
static inline void blk_queue_flag_set(unsigned int flag, struct request_queue *queue)
{
	queue->flags |= 1UL << flag;
}
#endif

static inline struct request_queue *queue_new(void)
{
	struct request_queue *queue = calloc(1, sizeof(*queue));

	queue->users = 1;
	return queue;
}

#ifdef HAS_DISK_LIMITS
#define SET_LIMITS(queue, lim) do { if (lim) (queue)->limits = *(struct queue_limits *)(lim); } while (0)
#define blk_alloc_disk(lim, node) disk_new(lim, node)
#else
#define blk_queue_logical_block_size(queue, n)	((void)((queue)->limits.logical_block_size = (n)))
#define blk_queue_physical_block_size(queue, n)	((void)((queue)->limits.physical_block_size = (n)))
#define blk_queue_io_min(queue, n)		((void)((queue)->limits.io_min = (n)))
#ifdef HAS_LIMITS_DMA_ALIGNMENT
#define blk_queue_dma_alignment(queue, n)	((void)((queue)->limits.dma_alignment = (n)))
#endif
#define SET_LIMITS(queue, lim) do { } while (0)
#ifdef HAS_BLK_ALLOC_DISK
#define blk_alloc_disk(node) disk_new(NULL, node)
#endif
#endif

#ifdef HAS_BLK_ALLOC_DISK
static inline struct gendisk *disk_new(struct queue_limits *lim, int node)
{
	struct gendisk *disk = calloc(1, sizeof(*disk));

	told.wrong += node != NUMA_NO_NODE;
	disk->queue = queue_new();
	SET_LIMITS(disk->queue, lim);
	return disk;
}
#else
static inline struct gendisk *alloc_disk(int minors) { return calloc(1, sizeof(struct gendisk)); }
#ifdef HAS_ALLOC_QUEUE_GFP
static inline struct request_queue *blk_alloc_queue(gfp_t gfp)
{
	told.wrong += gfp != GFP_KERNEL;
	return queue_new();
}
#else
static inline struct request_queue *blk_alloc_queue(int node)
{
	told.wrong += node != NUMA_NO_NODE;
	return queue_new();
}
#endif
#endif

#ifndef HAS_SUBMIT_BIO_OP
static inline void blk_queue_make_request(struct request_queue *queue,
					  QC (*make)(struct request_queue *queue, struct bio *bio))
{
	queue->make_request = make;
	queue->limits = (struct queue_limits) { 0 };
}
#endif

static inline int disk_add(struct gendisk *disk)
{
	told.added++;
	disk->live = true;
	disk->flags |= GENHD_FL_UP;
#ifndef HAS_BLK_ALLOC_DISK
	disk->queue->users++;
#endif
	return -ENOMEM;
}

#ifdef HAS_ADD_DISK_ERROR
static inline int device_add_disk(struct device *parent, struct gendisk *disk,
				  const struct attribute_group **groups)
{
	return disk_add(disk);
}
#else
static inline void device_add_disk(struct device *parent, struct gendisk *disk,
				   const struct attribute_group **groups)
{
	disk_add(disk);
}
#endif

/* Each user of a queue puts it once: told.wrong, if it is put by more. */
static inline void put_disk(struct gendisk *disk)
{
	told.put++;
	if (!disk->queue)
		return;
	told.wrong += !disk->queue->users;
	disk->queue->users--;
}

#ifdef HAS_BLK_CLEANUP_QUEUE
static inline void blk_cleanup_queue(struct request_queue *queue)
{
	told.cleaned++;
#ifndef HAS_BLK_ALLOC_DISK
	queue->users--;
#endif
}
#endif

/* requests */

struct request {
	void *end_io;
};

static struct request the_request;

#if defined(HAS_END_IO_VOID)
typedef void (rq_end_io_fn)(struct request *rq, blk_status_t status);
#else
enum rq_end_io_ret {
	RQ_END_IO_NONE,
	RQ_END_IO_FREE,
};

#ifdef HAS_END_IO_BATCH
struct io_comp_batch;
typedef enum rq_end_io_ret (rq_end_io_fn)(struct request *rq, blk_status_t status,
					  const struct io_comp_batch *batch);
#else
typedef enum rq_end_io_ret (rq_end_io_fn)(struct request *rq, blk_status_t status);
#endif
#endif

#if defined(HAS_EXECUTE_RQ_QUEUE)
#define EXECUTE		struct request_queue *queue, struct gendisk *disk, struct request *rq, int at_head
#define EXECUTE_ARGS	NULL, NULL, &the_request, 1
static inline void blk_execute_rq(EXECUTE) { told.executed += at_head && rq == &the_request; }
#else
#ifdef HAS_EXECUTE_RQ_ALONE
#define EXECUTE		struct request *rq, bool at_head
#define EXECUTE_ARGS	&the_request, true
#else
#define EXECUTE		struct gendisk *disk, struct request *rq, int at_head
#define EXECUTE_ARGS	NULL, &the_request, 1
#endif
static inline blk_status_t blk_execute_rq(EXECUTE)
{
	told.executed += at_head && rq == &the_request;
	return 10;
}
#endif

#ifdef HAS_EXECUTE_NOWAIT_ALONE
static inline void blk_execute_rq_nowait(struct request *rq, bool at_head)
{
	told.executed += at_head && rq == &the_request;
}
#else
static inline void blk_execute_rq_nowait(EXECUTE, rq_end_io_fn *done)
{
	told.executed += at_head && rq == &the_request;
	rq->end_io = done;
}
#endif

#ifdef HAS_INSERT_CLONED_QUEUE
blk_status_t blk_insert_cloned_request(struct request_queue *queue, struct request *rq);
#else
blk_status_t blk_insert_cloned_request(struct request *rq);
#endif

#ifdef HAS_BUSY_ITER_RESERVED
typedef bool (busy_tag_iter_fn)(struct request *rq, void *data, bool reserved);
#else
typedef bool (busy_tag_iter_fn)(struct request *rq, void *data);
#endif

#define blk_mq_rq_to_pdu(rq)	((void *)((rq) + 1))

struct scsi_cmnd {
#ifdef HAS_SCSI_REQUEST
	struct {
		unsigned char *cmd;
	} req;
	unsigned char *cmnd;
#else
	unsigned char cmnd[32];
#endif
};

/* ftrace */

struct pt_regs {
	unsigned long ip, di, si, dx;
};

#define instruction_pointer_set(regs, value)	((void)((regs)->ip = (value)))
#ifdef HAS_REGS_GET_ARGUMENT
static inline unsigned long regs_get_kernel_argument(struct pt_regs *regs, unsigned int n)
{
	return n == 0 ? regs->di : n == 1 ? regs->si : regs->dx;
}
#endif

struct ftrace_ops;
#ifdef HAS_FTRACE_REGS
struct ftrace_regs {
	struct pt_regs regs;
};

typedef void (*ftrace_func_t)(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
			      struct ftrace_regs *regs);
#ifdef HAS_FTRACE_GET_ARGUMENT
#define ftrace_regs_get_argument(fregs, n)	\
	((n) == 0 ? (fregs)->regs.di : (n) == 1 ? (fregs)->regs.si : (fregs)->regs.dx)
#endif
#ifdef HAS_FTRACE_SET_IP
#define ftrace_regs_set_instruction_pointer(fregs, value) ((void)((fregs)->regs.ip = (value)))
#else
#define ftrace_instruction_pointer_set(fregs, value) ((void)((fregs)->regs.ip = (value)))
#endif
#else
typedef void (*ftrace_func_t)(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
			      struct pt_regs *regs);
#endif

enum {
	FTRACE_OPS_FL_SAVE_REGS = 4,
#ifdef HAS_FTRACE_RECURSION_SAFE
	FTRACE_OPS_FL_RECURSION_SAFE = 16,
#endif
};

#endif /* DECLARATIONS_H */
