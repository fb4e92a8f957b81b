// SPDX-License-Identifier: GPL-2.0
/*
 * blkfilter_test: a filter for the tests, and an example of how a filter is written.
 *
 * It counts the bios that it gets, and marks their sectors in a bitmap. On request it keeps some of them
 * for a while, and quiesces several devices together.
 */
#include <linux/bio.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>
#include <linux/blk-filter.h>
#include "blkfilter_test.h"

/* A larger device gets no bitmap. */
#define BITMAP_MAX_SECTORS	((sector_t)SZ_1G >> SECTOR_SHIFT)

/**
 * struct test_filter - the filter of one device
 * @flt: what the core knows of it
 * @link: in @filters; protected by @quiesce_lock
 * @dev: the device's number
 * @sectors: its size when it was attached
 * @bitmap: a bit for each sector, or NULL
 * @quiesced: between blkfilter_quiesce() and blkfilter_resume()
 * @mode: what to do with bios; written by ctl only
 * @count: see enum blkfilter_test_count
 * @lock: protects @kept, and changes of @mode
 * @kept: bios that are resubmitted later
 * @wq: one for each device: a submission may block until another device makes progress
 * @work: resubmits @kept
 */
struct test_filter {
	struct blkfilter flt;
	struct list_head link;
	dev_t dev;
	sector_t sectors;
	unsigned long *bitmap;
	bool quiesced;
	struct blkfilter_test_mode mode;

	atomic64_t count[BLKFILTER_TEST_COUNTS];

	spinlock_t lock;
	struct bio_list kept;
	struct workqueue_struct *wq;
	struct delayed_work work;
};

/* Protects the two below; held while devices are being quiesced. */
static DEFINE_MUTEX(quiesce_lock);
static LIST_HEAD(filters);
static struct {
	struct blkfilter *flts[BLKFILTER_TEST_DEVICES];
	unsigned int count;
} quiesced;

static struct test_filter *to_test_filter(struct blkfilter *flt)
{
	return container_of(flt, struct test_filter, flt);
}

/* Keeping bios, and resubmitting them. */

static void resubmit_work(struct work_struct *work)
{
	struct test_filter *tf = container_of(to_delayed_work(work), struct test_filter, work);
	unsigned int noio = memalloc_noio_save();
	struct bio_list bios;
	struct bio *bio;

	spin_lock_irq(&tf->lock);
	bios = tf->kept;
	bio_list_init(&tf->kept);
	spin_unlock_irq(&tf->lock);

	while ((bio = bio_list_pop(&bios))) {
		blkfilter_resubmit(bio);
		atomic64_inc(&tf->count[BLKFILTER_TEST_RESUBMITTED]);
	}
	memalloc_noio_restore(noio);
}

static void resubmit_now(struct test_filter *tf)
{
	mod_delayed_work(tf->wq, &tf->work, 0);
	flush_delayed_work(&tf->work);
}

static void keep(struct test_filter *tf, struct bio *bio)
{
	u32 delay_ms = READ_ONCE(tf->mode.delay_ms);
	unsigned long irq;
	u32 flags;

	atomic64_inc(&tf->count[BLKFILTER_TEST_KEPT]);
	spin_lock_irqsave(&tf->lock, irq);
	flags = tf->mode.flags;
	if (flags & BLKFILTER_TEST_REVERSE)
		bio_list_add_head(&tf->kept, bio);
	else
		bio_list_add(&tf->kept, bio);
	spin_unlock_irqrestore(&tf->lock, irq);
	/* Does nothing when it is to run anyway: the others are kept for a shorter time. */
	if (!(flags & BLKFILTER_TEST_HOLD))
		queue_delayed_work(tf->wq, &tf->work,
				   msecs_to_jiffies(get_random_u32() % (delay_ms + 1)));
}

/* Called with each bio: must not sleep, and any number of CPUs may be here concurrently. */

static int kind_of(struct bio *bio)
{
	switch (bio_op(bio)) {
	case REQ_OP_WRITE:
		return BLKFILTER_TEST_WRITE;
	case REQ_OP_DISCARD:
		return BLKFILTER_TEST_DISCARD;
	case REQ_OP_WRITE_ZEROES:
		return BLKFILTER_TEST_ZEROES;
	case REQ_OP_SECURE_ERASE:
		return BLKFILTER_TEST_ERASE;
	default:
		return -1;
	}
}

static enum blkfilter_verdict test_submit_bio(struct blkfilter *flt, struct bio *bio,
					      sector_t sector, sector_t count)
{
	struct test_filter *tf = to_test_filter(flt);
	int kind = kind_of(bio);
	sector_t i, end = sector + count;

	if (kind < 0 || !count || end < sector || count > bio_sectors(bio)) {
		atomic64_inc(&tf->count[BLKFILTER_TEST_WRONG]);
		return BLKFILTER_PASS;
	}
	if (READ_ONCE(tf->quiesced))
		atomic64_inc(&tf->count[BLKFILTER_TEST_LATE]);
	atomic64_inc(&tf->count[BLKFILTER_TEST_BIOS + kind]);
	atomic64_add(count, &tf->count[BLKFILTER_TEST_SECTORS + kind]);
	if (tf->bitmap)
		for (i = sector; i < min(end, tf->sectors); i++)
			set_bit(i, tf->bitmap);

	if (get_random_u32() % 100 >= READ_ONCE(tf->mode.percent))
		return BLKFILTER_PASS;
	keep(tf, bio);
	return BLKFILTER_KEEP;
}

static void test_changed(struct blkfilter *flt)
{
	atomic64_inc(&to_test_filter(flt)->count[BLKFILTER_TEST_CHANGED]);
}

/* The commands. */

static int get_stats(struct test_filter *tf, void __user *buf)
{
	struct blkfilter_test_stats stats;
	int i;

	for (i = 0; i < BLKFILTER_TEST_COUNTS; i++)
		stats.count[i] = atomic64_read(&tf->count[i]);
	return copy_to_user(buf, &stats, sizeof(stats)) ? -EFAULT : 0;
}

static int get_bitmap(struct test_filter *tf, void __user *buf)
{
	size_t size = BITS_TO_LONGS(tf->sectors) * sizeof(long);
	struct blkfilter_test_bitmap arg;

	if (copy_from_user(&arg, buf, sizeof(arg)))
		return -EFAULT;
	if (!tf->bitmap)
		return -EFBIG;
	if (arg.size < size)
		return -ENOSPC;
	return copy_to_user(u64_to_user_ptr(arg.addr), tf->bitmap, size) ? -EFAULT : 0;
}

static int set_mode(struct test_filter *tf, void __user *buf)
{
	struct blkfilter_test_mode mode;

	if (copy_from_user(&mode, buf, sizeof(mode)))
		return -EFAULT;
	/* A bio is kept in the old mode and resubmitted below, or kept in the new one. */
	spin_lock_irq(&tf->lock);
	tf->mode = mode;
	spin_unlock_irq(&tf->lock);
	resubmit_now(tf);
	return 0;
}

static int reset(struct test_filter *tf, void __user *buf)
{
	int i;

	for (i = 0; i < BLKFILTER_TEST_COUNTS; i++)
		atomic64_set(&tf->count[i], 0);
	if (tf->bitmap)
		bitmap_zero(tf->bitmap, tf->sectors);
	return 0;
}

static void set_quiesced(bool value)
{
	unsigned int i;

	for (i = 0; i < quiesced.count; i++)
		WRITE_ONCE(to_test_filter(quiesced.flts[i])->quiesced, value);
}

static struct test_filter *find_filter(dev_t dev)
{
	struct test_filter *tf;

	list_for_each_entry(tf, &filters, link)
		if (tf->dev == dev)
			return tf;
	return NULL;
}

static int quiesce_devices(const struct blkfilter_test_quiesce *arg)
{
	struct test_filter *tf;
	unsigned int i;
	int ret;

	for (i = 0; i < arg->count; i++) {
		tf = find_filter(huge_decode_dev(arg->devices[i]));
		if (!tf)
			return -ENODEV;
		quiesced.flts[i] = &tf->flt;
	}
	ret = blkfilter_quiesce(quiesced.flts, arg->count, msecs_to_jiffies(arg->timeout_ms));
	if (ret)
		return ret;
	quiesced.count = arg->count;
	set_quiesced(true);
	return 0;
}

static int quiesce(struct test_filter *tf, void __user *buf)
{
	struct blkfilter_test_quiesce arg;
	int ret = -EBUSY;

	if (copy_from_user(&arg, buf, sizeof(arg)))
		return -EFAULT;
	if (arg.count > BLKFILTER_TEST_DEVICES)
		return -EINVAL;
	mutex_lock(&quiesce_lock);
	if (!quiesced.count)
		ret = quiesce_devices(&arg);
	mutex_unlock(&quiesce_lock);
	return ret;
}

static int resume(struct test_filter *tf, void __user *buf)
{
	int ret = -EINVAL;

	mutex_lock(&quiesce_lock);
	if (quiesced.count) {
		set_quiesced(false);
		blkfilter_resume(quiesced.flts, quiesced.count);
		quiesced.count = 0;
		ret = 0;
	}
	mutex_unlock(&quiesce_lock);
	return ret;
}

static int test_ctl(struct blkfilter *flt, unsigned int cmd, void __user *buf, u32 len)
{
	static const struct {
		int (*run)(struct test_filter *tf, void __user *buf);
		u32 len;
	} commands[] = {
		[BLKFILTER_TEST_GET_STATS] = { get_stats, sizeof(struct blkfilter_test_stats) },
		[BLKFILTER_TEST_GET_BITMAP] = { get_bitmap, sizeof(struct blkfilter_test_bitmap) },
		[BLKFILTER_TEST_SET_MODE] = { set_mode, sizeof(struct blkfilter_test_mode) },
		[BLKFILTER_TEST_QUIESCE] = { quiesce, sizeof(struct blkfilter_test_quiesce) },
		[BLKFILTER_TEST_RESUME] = { resume },
		[BLKFILTER_TEST_RESET] = { reset },
	};

	if (cmd >= ARRAY_SIZE(commands))
		return -ENOTTY;
	if (len < commands[cmd].len)
		return -EINVAL;
	return commands[cmd].run(to_test_filter(flt), buf);
}

/* Coming and going. */

static void free_filter(struct test_filter *tf)
{
	if (tf->wq)
		destroy_workqueue(tf->wq);
	kvfree(tf->bitmap);
	kfree(tf);
}

static struct blkfilter *test_attach(struct block_device *bdev)
{
	struct test_filter *tf = kzalloc(sizeof(*tf), GFP_KERNEL);

	if (!tf)
		return ERR_PTR(-ENOMEM);
	tf->dev = bdev->bd_dev;
	tf->sectors = bdev_nr_sectors(bdev);
	spin_lock_init(&tf->lock);
	bio_list_init(&tf->kept);
	INIT_DELAYED_WORK(&tf->work, resubmit_work);
	tf->wq = alloc_workqueue("blkfilter_test", WQ_MEM_RECLAIM | WQ_PERCPU, 1);
	if (!tf->wq)
		goto err_free;
	if (tf->sectors <= BITMAP_MAX_SECTORS) {
		tf->bitmap = kvcalloc(BITS_TO_LONGS(tf->sectors) + 1, sizeof(long), GFP_KERNEL);
		if (!tf->bitmap)
			goto err_free;
	}
	mutex_lock(&quiesce_lock);
	list_add(&tf->link, &filters);
	mutex_unlock(&quiesce_lock);
	return &tf->flt;

err_free:
	free_filter(tf);
	return ERR_PTR(-ENOMEM);
}

static int test_detaching(struct blkfilter *flt, bool forced)
{
	struct test_filter *tf = to_test_filter(flt);

	/* From now on writes may pass unseen. */
	if (forced)
		WRITE_ONCE(tf->quiesced, false);
	return tf->quiesced || tf->mode.flags & BLKFILTER_TEST_BUSY ? -EBUSY : 0;
}

static void test_detach(struct blkfilter *flt)
{
	struct test_filter *tf = to_test_filter(flt);
	unsigned int i;

	mutex_lock(&quiesce_lock);
	list_del(&tf->link);
	/* The core has resubmitted its bios already. */
	for (i = 0; i < quiesced.count; i++)
		if (quiesced.flts[i] == flt)
			quiesced.flts[i--] = quiesced.flts[--quiesced.count];
	mutex_unlock(&quiesce_lock);
	resubmit_now(tf);
	free_filter(tf);
}

static struct blkfilter_operations test_ops = {
	.owner = THIS_MODULE,
	.name = BLKFILTER_TEST_NAME,
	.attach = test_attach,
	.detaching = test_detaching,
	.detach = test_detach,
	.ctl = test_ctl,
	.submit_bio = test_submit_bio,
	.changed = test_changed,
};

static struct blkfilter_operations other_ops = {
	.owner = THIS_MODULE,
	.name = BLKFILTER_TEST_OTHER,
	.attach = test_attach,
	.detach = test_detach,
	.submit_bio = test_submit_bio,
};

static int __init test_init(void)
{
	int ret = blkfilter_register(&test_ops);

	if (ret)
		return ret;
	ret = blkfilter_register(&other_ops);
	if (ret)
		blkfilter_unregister(&test_ops);
	return ret;
}

static void __exit test_exit(void)
{
	blkfilter_unregister(&other_ops);
	blkfilter_unregister(&test_ops);
}

module_init(test_init);
module_exit(test_exit);

MODULE_DESCRIPTION("Test filter of blkfilter");
MODULE_LICENSE("GPL");
