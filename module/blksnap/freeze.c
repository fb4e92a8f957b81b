// SPDX-License-Identifier: GPL-2.0
/*
 * Freezing a file system writes out what it has in memory and cannot be interrupted, and
 * if the way down leads over a file system that is frozen already, never ends. So a worker
 * does it, and the caller waits only for so long. If that is not enough, the worker is told
 * that it is given up; what it has frozen is thawed, which also sets the worker free, and
 * the worker, when it comes back, thaws what it has frozen last.
 *
 * The freezer belongs to both until both are done with it.
 */
#include <linux/completion.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "freeze.h"
#include "../compat/compat.h"

/**
 * struct target - a device to freeze
 * @owner: index of the device that it was added for
 * @file: keeps it open
 * @frozen: by us; under the freezer's lock
 */
struct target {
	unsigned int owner;
	struct compat_bdev_file *file;
	bool frozen;
};

/**
 * struct freezer - devices and how far freezing them has come
 * @ref: one for the caller, one for the worker
 * @work: freezes
 * @done: completed when @work has frozen all, or failed
 * @error: of the one that failed
 * @lock: protects @given_up and target::frozen
 * @given_up: the caller does not wait any longer
 * @order: devices in the order to freeze them
 * @nr_order: their number
 * @devices: the devices that were added
 * @nr_devices: their number
 * @targets: they and their partitions
 * @nr_targets: their number
 */
struct freezer {
	struct kref ref;
	struct work_struct work;
	struct completion done;
	int error;
	struct mutex lock;
	bool given_up;
	struct block_device **order;
	unsigned int nr_order;
	struct block_device **devices;
	unsigned int nr_devices;
	struct target *targets;
	unsigned int nr_targets;
};

/* For the end of an unmount; the others are frozen meanwhile. */
#define UNMOUNT_TIMEOUT	(10 * HZ)
#define UNMOUNT_POLL	max(1, HZ / 50)

static struct workqueue_struct *freeze_wq;

int freeze_init(void)
{
	freeze_wq = alloc_workqueue("blksnap-freeze", WQ_UNBOUND, 0);
	return freeze_wq ? 0 : -ENOMEM;
}

void freeze_exit(void)
{
	destroy_workqueue(freeze_wq);
}

static void release(struct kref *ref)
{
	struct freezer *freezer = container_of(ref, struct freezer, ref);
	unsigned int i;

	for (i = 0; i < freezer->nr_targets; i++)
		compat_bdev_close(freezer->targets[i].file);
	kfree(freezer->targets);
	kfree(freezer->devices);
	kfree(freezer->order);
	kfree(freezer);
}

static bool is_given_up(struct freezer *freezer)
{
	bool given_up;

	mutex_lock(&freezer->lock);
	given_up = freezer->given_up;
	mutex_unlock(&freezer->lock);
	return given_up;
}

/*
 * Newer kernels wait for an unmount that is under way, but not to its end: until the device is let
 * go they answer -EINVAL. Return: -ETIMEDOUT if they still do.
 */
static int freeze_bdev_soon(struct freezer *freezer, struct block_device *bdev)
{
	int ret = bdev_freeze(bdev);
	unsigned long deadline = jiffies + UNMOUNT_TIMEOUT;

	while (ret == -EINVAL && !is_given_up(freezer) && time_before(jiffies, deadline)) {
		schedule_timeout_idle(UNMOUNT_POLL);
		ret = bdev_freeze(bdev);
	}
	return ret == -EINVAL ? -ETIMEDOUT : ret;
}

static int freeze_target(struct freezer *freezer, struct target *target)
{
	struct block_device *bdev = compat_bdev_of(target->file);
	bool frozen, given_up;
	int ret = freeze_bdev_soon(freezer, bdev);

	/* -EBUSY: somebody else keeps it frozen, so it is at rest. */
	frozen = !ret;
	if (ret == -EBUSY)
		ret = 0;
	if (ret)
		pr_err("%pg: cannot freeze its file system (error %d)\n", bdev, ret);

	mutex_lock(&freezer->lock);
	target->frozen = frozen;
	given_up = freezer->given_up;
	mutex_unlock(&freezer->lock);
	return given_up ? -ETIMEDOUT : ret;
}

static void thaw_target(struct freezer *freezer, struct target *target)
{
	struct block_device *bdev = compat_bdev_of(target->file);
	bool frozen;
	int ret;

	/* Each is thawed once, by whoever gets to it. */
	mutex_lock(&freezer->lock);
	frozen = target->frozen;
	target->frozen = false;
	mutex_unlock(&freezer->lock);
	ret = frozen ? bdev_thaw(bdev) : 0;
	if (ret == -EINVAL)
		pr_err("%pg: somebody else has thawed its file system during the take; this kernel goes on counting it as frozen, and will neither freeze it nor mount it once more\n",
		       bdev);
	else if (ret)
		pr_err("%pg: cannot thaw its file system (error %d), it stays frozen\n", bdev,
		       ret);
}

/* Lower ones first: thawing may write, and what lies above writes through them. */
static void thaw_all(struct freezer *freezer)
{
	unsigned int i = freezer->nr_order, j;

	while (i--)
		for (j = freezer->nr_targets; j--;)
			if (freezer->devices[freezer->targets[j].owner] == freezer->order[i])
				thaw_target(freezer, &freezer->targets[j]);
}

static int freeze_device(struct freezer *freezer, struct block_device *bdev)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < freezer->nr_targets && !ret; i++)
		if (freezer->devices[freezer->targets[i].owner] == bdev)
			ret = freeze_target(freezer, &freezer->targets[i]);
	return ret;
}

static void freeze_work(struct work_struct *work)
{
	struct freezer *freezer = container_of(work, struct freezer, work);
	unsigned int i;
	int ret = 0;

	for (i = 0; i < freezer->nr_order && !ret; i++)
		ret = freeze_device(freezer, freezer->order[i]);
	if (ret)
		thaw_all(freezer);
	freezer->error = ret;
	complete(&freezer->done);
	kref_put(&freezer->ref, release);
}

struct freezer *freezer_new(unsigned int max)
{
	struct freezer *freezer = kzalloc(sizeof(*freezer), GFP_KERNEL);

	if (!freezer)
		return NULL;
	freezer->devices = kcalloc(max, sizeof(*freezer->devices), GFP_KERNEL);
	freezer->order = kcalloc(max, sizeof(*freezer->order), GFP_KERNEL);
	kref_init(&freezer->ref);
	mutex_init(&freezer->lock);
	init_completion(&freezer->done);
	INIT_WORK(&freezer->work, freeze_work);
	if (!freezer->devices || !freezer->order) {
		freezer_free(freezer);
		return NULL;
	}
	return freezer;
}

static int add_target(struct freezer *freezer, struct compat_bdev_file *file)
{
	struct target *targets;

	targets = krealloc(freezer->targets,
			   array_size(freezer->nr_targets + 1, sizeof(*targets)), GFP_KERNEL);
	if (!targets)
		return -ENOMEM;
	freezer->targets = targets;
	targets[freezer->nr_targets++] = (struct target) {
		.owner = freezer->nr_devices,
		.file = file,
	};
	return 0;
}

/* next_partition - number of the first partition from *index on, 0 if there is none */
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

static int add_partitions(struct freezer *freezer, struct gendisk *disk)
{
	struct compat_bdev_file *file;
	unsigned long index;
	dev_t dev;
	int ret;

	for (index = 1; (dev = next_partition(disk, &index)); index++) {
		file = compat_bdev_open_dev(dev);
		if (IS_ERR(file))
			continue; /* just removed */
		ret = add_target(freezer, file);
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
	ret = add_target(freezer, file);
	if (ret) {
		compat_bdev_close(file);
		return ERR_PTR(ret);
	}
	if (!bdev_is_partition(bdev))
		ret = add_partitions(freezer, bdev->bd_disk);
	freezer->devices[freezer->nr_devices++] = bdev;
	return ret ? ERR_PTR(ret) : bdev;
}

int freezer_freeze(struct freezer *freezer, struct block_device **order, unsigned int count,
		   unsigned long timeout)
{
	memcpy(freezer->order, order, count * sizeof(*order));
	freezer->nr_order = count;
	kref_get(&freezer->ref);
	queue_work(freeze_wq, &freezer->work);
	if (wait_for_completion_timeout(&freezer->done, timeout))
		return freezer->error;

	pr_err("freezing the file systems takes too long, giving up\n");
	mutex_lock(&freezer->lock);
	freezer->given_up = true;
	mutex_unlock(&freezer->lock);
	thaw_all(freezer);
	return -ETIMEDOUT;
}

void freezer_thaw(struct freezer *freezer)
{
	thaw_all(freezer);
}

void freezer_free(struct freezer *freezer)
{
	kref_put(&freezer->ref, release);
}
