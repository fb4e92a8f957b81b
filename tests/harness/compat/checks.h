/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core expects of module/compat, whatever the kernel: each thing is used as the core does,
 * and looked at in the kernel of declarations.h. A condition that is turned round does not compile,
 * or fails here.
 */
#define KBUILD_MODNAME "checks"
#include "compat.h"
#include "scsi.h"

static unsigned int failures;

#define CHECK(condition)	do {	\
	if (!(condition)) {	\
		printf("%s: %s\n", __func__, #condition);	\
		failures++;	\
	}	\
} while (0)

/* HAS(NAME): whether the kernel has it. */
#define HAS_(value)		(#value[0] == '1')
#define HAS__(value)		HAS_(value)
#define KERNEL_HAS(name)	HAS__(HAS_##name)

static void check_memory(void)
{
	struct page page = { "" };
	struct bio_vec bv = { &page, 3, 2 };
	struct timer_list timer;

	memcpy_to_bvec(&bv, "abc");
	CHECK(!strcmp(page.data + 2, "abc") && told.flushed == 1);
	CHECK(kmap_local_page(&page) == page.data);
	kunmap_local(page.data);
	CHECK(!!WQ_PERCPU == KERNEL_HAS(WQ_PERCPU));
	CHECK(timer_delete_sync(&timer) && told.deleted == 1);
	compat_smp_mb_before_this_cpu_inc();
	CHECK(told.barriers == KERNEL_HAS(CONFIG_DYNAMIC_FTRACE_WITH_ARGS));
	compat_rcu_barrier_tasks();
	CHECK(told.waited == 1 + KERNEL_HAS(CONFIG_DYNAMIC_FTRACE_WITH_ARGS));
	CHECK(compat_task_on_cpu(&(struct task_struct) { .on_cpu = 1 }));
	CHECK(!compat_task_on_cpu(&(struct task_struct) { .on_cpu = 0 }));
}

static void on_call(unsigned long ip, unsigned long parent, struct ftrace_ops *ops,
		    struct ftrace_regs *fregs)
{
	CHECK(ftrace_regs_get_argument(fregs, 0) == 20 && ftrace_regs_get_argument(fregs, 1) == 30);
	CHECK(ftrace_regs_get_argument(fregs, 2) == 40);
	ftrace_regs_set_instruction_pointer(fregs, 10);
}

static compat_qc_t submit_fn(struct bio *bio)
{
	told.submitted++;
	return COMPAT_QC_NONE;
}

static void check_hooks(void)
{
	struct pt_regs regs = { 0, 20, 30, 40 };
	struct bio bio = { 0 };
	ftrace_func_t func = on_call;

	func(0, 0, NULL, (struct ftrace_regs *)&regs);
	CHECK(regs.ip == 10);
	CHECK(!(COMPAT_FTRACE_FLAGS & FTRACE_OPS_FL_SAVE_REGS) ==
	      KERNEL_HAS(CONFIG_DYNAMIC_FTRACE_WITH_ARGS));
	CHECK(!(COMPAT_FTRACE_FLAGS & 16) == !KERNEL_HAS(FTRACE_RECURSION_SAFE));
	CHECK(!strcmp(COMPAT_BLKDEV_IOCTL, "block_ioctl") == KERNEL_HAS(BLKDEV_IOCTL_BDEV));
	CHECK(COMPAT_PROGRAMS_32);
	CHECK(COMPAT_WRITES_PAGES == KERNEL_HAS(BDEV_WRITE_PAGE));
	submit_bio_noacct(&bio);
	CHECK(told.submitted == 1);
	compat_submit_directly(&bio);
	CHECK(told.direct == KERNEL_HAS(DIRECT_MAKE_REQUEST));
	CHECK(COMPAT_SUBMITS_DIRECTLY == KERNEL_HAS(DIRECT_MAKE_REQUEST));
	submit_fn(&bio);
}

/* A disk with the parts 0 (itself) and 2, which begins at sector 100. */
static struct request_queue queue;
static struct gendisk disk = { .queue = &queue };
static struct inode inodes[2] = { { false, 1000 << 9 }, { false, 50 << 9 } };
static struct block_device bdevs[2] = { { &disk, &inodes[0] }, { &disk, &inodes[1], .bd_partno = 2 } };
static struct compat_part *parts[2];

static void make_disk(void)
{
	disk.live = true;
	disk.flags = GENHD_FL_UP;
#ifdef HAS_BDEV_PART
	disk.part0 = &bdevs[0];
	bdevs[1].bd_start_sect = 100;
	parts[0] = &bdevs[0];
	parts[1] = &bdevs[1];
#else
	static struct hd_struct part = { 100, 50, 2, &disk };

	disk.part0 = (struct hd_struct) { 0, 1000, 0, &disk };
	parts[0] = bdevs[0].bd_part = &disk.part0;
	parts[1] = bdevs[1].bd_part = &part;
#endif
#ifdef HAS_PART_XARRAY
	disk.part_tbl.entry[0] = parts[0];
	disk.part_tbl.entry[2] = parts[1];
#else
	static struct disk_part_tbl table = { 3 };

	table.part[0] = parts[0];
	table.part[2] = parts[1];
	disk.part_tbl = &table;
#endif
#ifdef HAS_DISKSEQ
	disk.diskseq = 7;
#endif
}

static void check_bdev(void)
{
	unsigned long index = 1;

	CHECK(compat_part_of(&bdevs[1]) == parts[1] && compat_part_of_disk(&disk) == parts[0]);
	CHECK(compat_part_start(parts[1]) == 100 && compat_part_sectors(parts[1]) == 50);
	CHECK(bdev_nr_sectors(&bdevs[1]) == 50);
	CHECK(compat_device_disk(compat_part_device(parts[1])) == &disk);
	CHECK(compat_part_next(&disk, &index) == parts[1] && index == 2);
	index++;
	CHECK(!compat_part_next(&disk, &index));
	CHECK(compat_diskseq(&disk) == (KERNEL_HAS(DISKSEQ) ? 7 : 0));
	CHECK(disk_live(&disk) && compat_part_is_live(parts[1], &inodes[1]));
	disk.live = false;
	disk.flags = 0;
	CHECK(!disk_live(&disk) && !compat_part_is_live(parts[1], &inodes[1]));
	make_disk();
	inodes[1].unhashed = true;
#ifndef HAS_PART_XARRAY
	disk.part_tbl->part[2] = NULL;
#endif
	CHECK(!compat_part_is_live(parts[1], &inodes[1]));
	make_disk();
	CHECK(compat_sysfs_root() == &sysfs_root);
}

static void check_open(void)
{
	struct compat_bdev_file *file = compat_bdev_open_path("/dev/x");

	CHECK(compat_bdev_of(file) == &the_bdev);
	CHECK(compat_bdev_open_dev(1) == file);
	compat_bdev_close(file);
	CHECK(told.opened == 2 && told.closed == 1);
}

static void __attribute__((unused)) sync_holder(struct block_device *bdev)
{
	told.synced += 10;
}

static void check_freeze(void)
{
	bdevs[0].super = (void *)64;
	CHECK(!bdev_freeze(&bdevs[0]) && told.frozen == 1);
	CHECK(!bdev_thaw(&bdevs[0]) && told.thawed == 1);
#if !defined(HAS_BDEV_FREEZE) && defined(HAS_FREEZE_BDEV_SUPER)
	bdevs[0].super = ERR_PTR(-ENOMEM);
	CHECK(bdev_freeze(&bdevs[0]) == -ENOMEM);
#endif
	compat_bdev_sync(&bdevs[0]);
	CHECK(told.synced == 1);
#ifndef HAS_FSYNC_BDEV
	static const struct blk_holder_ops ops = { sync_holder };

	CHECK(told.locked == 1 && !bdevs[0].bd_holder_lock);
	bdevs[0].bd_holder_ops = &ops;
	compat_bdev_sync(&bdevs[0]);
	CHECK(told.synced == 11 && told.locked == 2 && bdevs[0].bd_holder_lock);
#endif
	CHECK(COMPAT_QUEUES_STAY == !KERNEL_HAS(BLK_CLEANUP_QUEUE));
	blk_mq_unfreeze_queue(NULL, 5);
	CHECK(told.unfrozen == 1 && told.noio == 5);
}

static void check_bio(void)
{
	struct bio bio = { .bi_opf = POLLED_BIT | REQ_OP_WRITE, .bi_flags = -1UL };
	struct bio_set set;
	struct bio_vec bv;
	struct bio *other;

	compat_bio_keep_private(&bio);
	CHECK(!(bio.bi_opf & POLLED_BIT) == KERNEL_HAS(BI_COOKIE));
	bio.bi_opf |= POLLED_BIT;
	bio_clear_polled(&bio);
	CHECK(bio.bi_opf == REQ_OP_WRITE && REQ_POLLED == POLLED_BIT);
#if defined(HAS_BIO_PERCPU_CACHE) && !defined(HAS_BIO_CLEAR_POLLED)
	CHECK(!bio_flagged(&bio, BIO_PERCPU_CACHE));
#endif
	CHECK(bio_flagged(&bio, BIO_THROTTLED));

	bio_init(&bio, &bdevs[1], &bv, 1, POLLED_BIT);
	CHECK(bio.bi_opf == POLLED_BIT && bio.vecs == &bv && bio.count == 1 && bio.bi_blkg);
	CHECK(compat_bio_disk(&bio) == &disk);
	CHECK(compat_bio_group(&bio) == &bio);
	queue.root_blkg = bio.bi_blkg;
	CHECK(!compat_bio_group(&bio));
	bio.bi_iter.bi_sector = 7;
	CHECK(compat_bio_start(&bio) == 107);
#ifdef HAS_BIO_BDEV
	bio_set_flag(&bio, BIO_REMAPPED);
	CHECK(compat_bio_start(&bio) == 7);
#else
	bio.bi_partno = 1; /* is not there */
	CHECK(compat_bio_start(&bio) == -1ULL);
	bio.bi_partno = 0;
#endif
	bio_init(&bio, NULL, NULL, 0, REQ_OP_WRITE);
	CHECK(!bio.bi_blkg && bio.bi_opf == REQ_OP_WRITE);
	compat_bio_set_disk(&bio, &disk);
	CHECK(bio.bi_blkg && compat_bio_disk(&bio) == &disk && compat_bio_start(&bio) == 0);

	other = bio_alloc_bioset(&bdevs[1], 9, REQ_OP_WRITE, GFP_NOIO, &set);
	CHECK(other == &set.bio && other->count == 9 && other->gfp == GFP_NOIO);
	CHECK(other->bi_opf == REQ_OP_WRITE && compat_bio_start(other) == 100);
	other = bio_alloc_clone(&bdevs[1], &bio, GFP_NOIO, &set);
	CHECK(other->source == &bio && other->gfp == GFP_NOIO && compat_bio_start(other) == 100);
}

static void __attribute__((unused)) free_fn(struct gendisk *disk)
{
}

static const struct block_device_operations fops = {
	COMPAT_SUBMIT_BIO(submit_fn)
	COMPAT_FREE_DISK(free_fn)
};

/* disk_round - Return: users that are left of the queue. */
static unsigned int disk_round(struct queue_limits *lim, bool add)
{
	struct gendisk *disk = compat_alloc_disk(lim, submit_fn);
	struct request_queue *queue = disk->queue;
	unsigned int submitted = told.submitted;
	struct bio bio = { 0 };

	compat_disk_set_stable_writes(disk);
	disk->fops = &fops;
	disk->flags |= GENHD_FL_NO_PART;
	CHECK(disk->flags & NO_PART_BIT);
	if (lim) {
		CHECK(queue->limits.logical_block_size == 512 && queue->limits.io_min == 4096);
		CHECK(queue->limits.physical_block_size == 4096);
#ifdef HAS_LIMITS_DMA_ALIGNMENT
		CHECK(queue->limits.dma_alignment == 511);
#endif
#ifdef HAS_FEAT_STABLE_WRITES
		CHECK(queue->limits.features == 1U << STABLE_WRITES_BIT);
#else
		CHECK(queue->flags == 1UL << STABLE_WRITES_BIT);
#endif
	}
#ifdef HAS_SUBMIT_BIO_OP
	disk->fops->submit_bio(&bio);
#else
	queue->make_request(queue, &bio);
#endif
	CHECK(told.submitted == submitted + 1);
	if (add)
		CHECK(device_add_disk(NULL, disk, NULL) ==
		      (KERNEL_HAS(ADD_DISK_ERROR) ? -ENOMEM : 0));
	compat_put_disk(disk, add);
	return queue->users;
}

static void check_disk(void)
{
	struct queue_limits lim = {
		.logical_block_size = 512,
		.physical_block_size = 4096,
		.io_min = 4096,
		COMPAT_STABLE_WRITES
		COMPAT_DMA_ALIGNMENT(511)
	};

	CHECK(disk_round(&lim, true) == 0 && disk_round(NULL, false) == 0);
	CHECK(told.added == 1 && told.put == 2);
	CHECK(told.cleaned == (KERNEL_HAS(BLK_CLEANUP_QUEUE) ? 2 : 0));
	CHECK(COMPAT_CALLS_FREE_DISK == KERNEL_HAS(FREE_DISK));
#ifdef HAS_FREE_DISK
	CHECK(fops.free_disk == free_fn);
#endif
}

static compat_end_io_t end_io(COMPAT_END_IO_PARAMS)
{
	told.ended += rq == &the_request && status == 10;
#ifndef HAS_END_IO_VOID
	return RQ_END_IO_FREE;
#endif
}

static compat_end_io_t ended(COMPAT_END_IO_PARAMS)
{
	told.ended += 10;
	return compat_end_io(end_io);
}

static compat_execute_t execute(COMPAT_EXECUTE_PARAMS)
{
	return compat_execute();
}

static void execute_nowait(COMPAT_NOWAIT_PARAMS)
{
	CHECK(COMPAT_NOWAIT_END_IO == end_io);
	compat_execute_nowait(ended);
}

static bool look_at(COMPAT_BUSY_ITER_PARAMS)
{
	return rq == &the_request && !data;
}

static void check_requests(void)
{
	typeof(blk_execute_rq) *executes = execute;
	typeof(blk_execute_rq_nowait) *executes_nowait = execute_nowait;
	busy_tag_iter_fn *looks = look_at;
	rq_end_io_fn *ends = ended;

	CHECK(COMPAT_EXECUTE_RQ == (KERNEL_HAS(EXECUTE_RQ_QUEUE) ? 2 : !KERNEL_HAS(EXECUTE_RQ_ALONE)));
	CHECK(COMPAT_INSERT_CLONED_RQ == KERNEL_HAS(INSERT_CLONED_QUEUE));
#ifdef HAS_EXECUTE_RQ_QUEUE
	executes(EXECUTE_ARGS);
#else
	CHECK(executes(EXECUTE_ARGS) == 10);
#endif
#ifdef HAS_EXECUTE_NOWAIT_ALONE
	the_request.end_io = end_io;
	executes_nowait(EXECUTE_ARGS);
#else
	executes_nowait(EXECUTE_ARGS, end_io);
#endif
	CHECK(told.executed == 2 && the_request.end_io == ended);
#if defined(HAS_END_IO_VOID)
	ends(&the_request, 10);
#elif defined(HAS_END_IO_BATCH)
	CHECK(ends(&the_request, 10, NULL) == RQ_END_IO_FREE);
#else
	CHECK(ends(&the_request, 10) == RQ_END_IO_FREE);
#endif
	CHECK(told.ended == 11);
#ifdef HAS_BUSY_ITER_RESERVED
	CHECK(looks(&the_request, NULL, false));
#else
	CHECK(looks(&the_request, NULL));
#endif
}

static void check_scsi(void)
{
	struct {
		struct request rq;
		struct scsi_cmnd cmnd;
	} command = { 0 };

#ifdef HAS_SCSI_REQUEST
	static unsigned char cdb[16];

	command.cmnd.req.cmd = cdb;
	CHECK(compat_scsi_command(&command.rq) == cdb);
#else
	CHECK(compat_scsi_command(&command.rq) == command.cmnd.cmnd);
#endif
}

int main(void)
{
	make_disk();
	check_memory();
	check_hooks();
	check_bdev();
	check_open();
	check_freeze();
	check_bio();
	check_disk();
	check_requests();
	check_scsi();
	CHECK(!told.wrong);
	return !!failures;
}
