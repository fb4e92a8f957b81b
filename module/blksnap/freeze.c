// SPDX-License-Identifier: GPL-2.0
/*
 * Freezing a file system writes out its dirty data and cannot be interrupted. It never ends if that
 * data passes through another file system that is frozen already. Therefore a work item for each file
 * system freezes it, and the caller waits for a limited time. When the time is over, the caller gives
 * up: it thaws what is frozen, which also unblocks works that were blocked by it, and a work that
 * finishes later thaws what it has frozen.
 *
 * Freezing takes several RCU grace periods even if the file system is idle. The works of one layer of
 * a stack wait for them concurrently, so that the time for which file systems are frozen does not grow
 * with their number.
 *
 * The caller and each work that has not finished hold a reference to the freezer.
 */
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "freeze.h"
#include "../compat/compat.h"

/**
 * struct freeze_target - a device whose file system is frozen
 * @work: executes the current step for the target
 * @freezer: the freezer
 * @file: keeps the device open
 * @owner: the device that was passed to freezer_add(): this one, or the disk of this partition
 * @layer: layer of @owner
 * @since: when freezing began
 * @frozen: the freezer has frozen it; under &freezer.lock
 */
struct freeze_target {
	struct work_struct work;
	struct freezer *freezer;
	struct compat_bdev_file *file;
	struct block_device *owner;
	unsigned int layer;
	ktime_t since;
	bool frozen;
};

/**
 * struct freezer - a set of file systems to freeze
 * @ref: one for the caller, one for each work that has not finished
 * @pending: works of the current step that have not finished
 * @idle: woken when @pending becomes 0
 * @lock: protects @given_up, @error, @longest and &freeze_target.frozen
 * @given_up: the caller has stopped waiting
 * @error: error of the first target that failed
 * @longest: longest time that a file system was frozen, in microseconds
 * @targets: the targets; constant once the first step has begun
 * @nr_targets: number of targets
 * @nr_layers: number of layers
 */
struct freezer {
	struct kref ref;
	atomic_t pending;
	wait_queue_head_t idle;
	struct mutex lock;
	bool given_up;
	int error;
	s64 longest;
	struct freeze_target *targets;
	unsigned int nr_targets;
	unsigned int nr_layers;
};

/* How long to wait for an unmount to end, while other file systems are frozen. */
#define UNMOUNT_TIMEOUT	(10 * HZ)
#define UNMOUNT_POLL	max(1, HZ / 50)

static struct workqueue_struct *freeze_wq;
/* Number of freezers. A work that was given up keeps its freezer until it finishes. */
static atomic_t freezers = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(no_freezer);

int freeze_init(void)
{
	freeze_wq = alloc_workqueue("blksnap-freeze", WQ_UNBOUND, 0);
	return freeze_wq ? 0 : -ENOMEM;
}

void freeze_exit(void)
{
	/* Waiting for hung storage in destroy_workqueue() would be reported as a hung task. */
	wait_event_idle(no_freezer, !atomic_read(&freezers));
	destroy_workqueue(freeze_wq);
}

static void freezer_release(struct kref *ref)
{
	struct freezer *freezer = container_of(ref, struct freezer, ref);
	unsigned int i;

	for (i = 0; i < freezer->nr_targets; i++)
		compat_bdev_close(freezer->targets[i].file);
	kfree(freezer->targets);
	kfree(freezer);
	if (atomic_dec_and_test(&freezers))
		wake_up(&no_freezer);
}

/*
 * The steps; for each target a work executes them.
 */

static void finish_step(struct freezer *freezer)
{
	if (atomic_dec_and_test(&freezer->pending))
		wake_up(&freezer->idle);
	kref_put(&freezer->ref, freezer_release);
}

static bool is_given_up(struct freezer *freezer)
{
	bool given_up;

	mutex_lock(&freezer->lock);
	given_up = freezer->given_up;
	mutex_unlock(&freezer->lock);
	return given_up;
}

static void sync_work(struct work_struct *work)
{
	struct freeze_target *target = container_of(work, struct freeze_target, work);

	compat_bdev_sync(compat_bdev_of(target->file));
	finish_step(target->freezer);
}

/*
 * freeze_retry - freeze a file system, waiting for an unmount to end
 *
 * Newer kernels wait for the unmount, but return -EINVAL until it has released the device.
 *
 * Return: 0 or a negative errno; -ETIMEDOUT if the unmount does not end.
 */
static int freeze_retry(struct freezer *freezer, struct block_device *bdev)
{
	int ret = bdev_freeze(bdev);
	unsigned long deadline = jiffies + UNMOUNT_TIMEOUT;

	while (ret == -EINVAL && !is_given_up(freezer) && time_before(jiffies, deadline)) {
		schedule_timeout_idle(UNMOUNT_POLL);
		ret = bdev_freeze(bdev);
	}
	return ret == -EINVAL ? -ETIMEDOUT : ret;
}

/* Thaw a target, if it is frozen. The lock makes sure that only one of several callers does. */
static void thaw_target(struct freeze_target *target)
{
	struct block_device *bdev = compat_bdev_of(target->file);
	struct freezer *freezer = target->freezer;
	bool frozen;
	s64 time;
	int ret;

	mutex_lock(&freezer->lock);
	frozen = target->frozen;
	target->frozen = false;
	mutex_unlock(&freezer->lock);
	if (!frozen)
		return;
	ret = bdev_thaw(bdev);
	if (ret == -EINVAL)
		pr_err("%pg: somebody else has thawed its file system during the take; this kernel goes on counting it as frozen, and will neither freeze it nor mount it once more\n",
		       bdev);
	else if (ret)
		pr_err("%pg: cannot thaw its file system (error %d), it stays frozen\n", bdev,
		       ret);
	time = ktime_us_delta(ktime_get(), target->since);
	mutex_lock(&freezer->lock);
	freezer->longest = max(freezer->longest, time);
	mutex_unlock(&freezer->lock);
}

static void freeze_work(struct work_struct *work)
{
	struct freeze_target *target = container_of(work, struct freeze_target, work);
	struct block_device *bdev = compat_bdev_of(target->file);
	struct freezer *freezer = target->freezer;
	bool given_up;
	int ret;

	target->since = ktime_get();
	ret = freeze_retry(freezer, bdev);
	if (ret && ret != -EBUSY)
		pr_err("%pg: cannot freeze its file system (error %d)\n", bdev, ret);

	mutex_lock(&freezer->lock);
	target->frozen = !ret;
	/* -EBUSY: it is frozen by somebody else, and therefore consistent. */
	if (ret != -EBUSY && !freezer->error)
		freezer->error = ret;
	given_up = freezer->given_up;
	mutex_unlock(&freezer->lock);
	if (given_up)
		thaw_target(target);
	finish_step(freezer);
}

/* Execute a step for the targets of a layer, or of all layers for -1. Return: 0 or an error. */
static int run_step(struct freezer *freezer, work_func_t step, int layer, unsigned long deadline)
{
	struct freeze_target *target = freezer->targets;
	struct freeze_target *end = target + freezer->nr_targets;

	for (; target < end; target++) {
		if (layer >= 0 && target->layer != layer)
			continue;
		INIT_WORK(&target->work, step);
		kref_get(&freezer->ref);
		atomic_inc(&freezer->pending);
		queue_work(freeze_wq, &target->work);
	}
	/* Idle, because the storage may hang: that must not be reported as a hung task. */
	if (!wait_event_idle_timeout(freezer->idle, !atomic_read(&freezer->pending),
				     max(1L, (long)(deadline - jiffies))))
		return -ETIMEDOUT;
	return freezer->error;
}

/* Lower layers first: thawing may write, and upper layers write through the lower ones. */
static void thaw_all(struct freezer *freezer)
{
	unsigned int layer = freezer->nr_layers, i;

	while (layer--)
		for (i = 0; i < freezer->nr_targets; i++)
			if (freezer->targets[i].layer == layer)
				thaw_target(&freezer->targets[i]);
}

/*
 * The interface
 */

struct freezer *freezer_new(void)
{
	struct freezer *freezer = kzalloc(sizeof(*freezer), GFP_KERNEL);

	if (!freezer)
		return NULL;
	atomic_inc(&freezers);
	kref_init(&freezer->ref);
	atomic_set(&freezer->pending, 0);
	init_waitqueue_head(&freezer->idle);
	mutex_init(&freezer->lock);
	freezer->nr_layers = 1;
	return freezer;
}

static int add_target(struct freezer *freezer, struct compat_bdev_file *file,
		      struct block_device *owner)
{
	struct freeze_target *targets;

	targets = krealloc(freezer->targets,
			   array_size(freezer->nr_targets + 1, sizeof(*targets)), GFP_KERNEL);
	if (!targets)
		return -ENOMEM;
	freezer->targets = targets;
	targets[freezer->nr_targets++] = (struct freeze_target) {
		.freezer = freezer,
		.file = file,
		.owner = owner,
	};
	return 0;
}

/* Get the device number of the first partition from *index on, or 0 if there is none. */
static dev_t next_partition(struct gendisk *disk, unsigned long *index)
{
	struct compat_part *part;
	dev_t dev;

	rcu_read_lock();
	part = compat_part_next(disk, index);
	dev = part ? compat_part_device(part)->devt : 0;
	rcu_read_unlock();
	return dev;
}

static int add_partitions(struct freezer *freezer, struct block_device *whole)
{
	struct compat_bdev_file *file;
	unsigned long index;
	dev_t dev;
	int ret;

	for (index = 1; (dev = next_partition(whole->bd_disk, &index)); index++) {
		file = compat_bdev_open_dev(dev);
		if (IS_ERR(file))
			continue; /* removed meanwhile */
		ret = add_target(freezer, file, whole);
		if (ret) {
			compat_bdev_close(file);
			return ret;
		}
	}
	return 0;
}

struct block_device *freezer_add(struct freezer *freezer, dev_t dev)
{
	struct compat_bdev_file *file = compat_bdev_open_dev(dev);
	struct block_device *bdev;
	int ret;

	if (IS_ERR(file))
		return ERR_CAST(file);
	bdev = compat_bdev_of(file);
	ret = add_target(freezer, file, bdev);
	if (ret) {
		compat_bdev_close(file);
		return ERR_PTR(ret);
	}
	if (!bdev_is_partition(bdev))
		ret = add_partitions(freezer, bdev);
	return ret ? ERR_PTR(ret) : bdev;
}

void freezer_set_layer(struct freezer *freezer, struct block_device *bdev, unsigned int layer)
{
	unsigned int i;

	for (i = 0; i < freezer->nr_targets; i++)
		if (freezer->targets[i].owner == bdev)
			freezer->targets[i].layer = layer;
	freezer->nr_layers = max(freezer->nr_layers, layer + 1);
}

int freezer_freeze(struct freezer *freezer, unsigned long timeout)
{
	unsigned long deadline = jiffies + timeout;
	unsigned int layer;
	int ret;

	ret = run_step(freezer, sync_work, -1, deadline);
	for (layer = 0; layer < freezer->nr_layers && !ret; layer++)
		ret = run_step(freezer, freeze_work, layer, deadline);
	if (!ret)
		return 0;
	if (ret == -ETIMEDOUT)
		pr_err("freezing the file systems takes too long, giving up\n");
	mutex_lock(&freezer->lock);
	freezer->given_up = true;
	mutex_unlock(&freezer->lock);
	thaw_all(freezer);
	return ret;
}

s64 freezer_thaw(struct freezer *freezer)
{
	thaw_all(freezer);
	return freezer->longest;
}

void freezer_free(struct freezer *freezer)
{
	kref_put(&freezer->ref, freezer_release);
}
