// SPDX-License-Identifier: GPL-2.0
/*
 * The registered filters, and the table of the devices they are attached to.
 *
 * The table is keyed by disk, since that is what a bio knows; its size is fixed and ample,
 * so that looking up costs the same whether one or a thousand devices are attached.
 *
 * Life of an attachment: made by registry_attach(), in the table until detached by an
 * administrator or because its device goes away, then kept until the last bio that was
 * counted in has ended (reap_work). An attachment in the table pins the memory of its
 * device, not the device: it is not open, so partitions can be read anew and stacked
 * devices be stopped. When the device goes, the hooks call in before its memory or its
 * driver can go, and return when nothing of ours refers to it any more.
 */
#include <linux/module.h>
#include "blkfilter.h"

/* The registered filters. */
static LIST_HEAD(filters);
struct hlist_head registry_table[1 << TABLE_BITS];
/* The same attachments, keyed by queue: for what is no bio. */
#define QUEUES_BITS	6
static struct hlist_head queues[1 << QUEUES_BITS];
/* Attachments in the table; the hooks are installed while there are any. */
static unsigned int attached;
/* How many of them are on disks of NVMe, whose commands may come by other queues. */
static unsigned int attached_nvme;
/* That of all block devices; set when one is attached. */
static typeof(((struct device *)NULL)->class) class_of_blocks;
/* Runs what waits for bios to end. Destroyed when there is nothing of that any more. */
static struct workqueue_struct *reaper;
/* Attachments that it waits for. */
static atomic_t reaping = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(all_reaped);

DEFINE_MUTEX(blkfilter_lock);

/**
 * registry_disk_is_filtered - whether a filter is on a disk or a part of it
 * @disk: the disk
 *
 * Context: any.
 */
bool registry_disk_is_filtered(struct gendisk *disk)
{
	struct blkfilter_attachment *att;
	bool found = false;

	rcu_read_lock();
	hlist_for_each_entry_rcu(att, registry_bucket(disk), node)
		if (att->disk == disk)
			found = true;
	rcu_read_unlock();
	return found;
}

static struct hlist_head *queue_bucket(struct request_queue *queue)
{
	return &queues[hash_ptr(queue, QUEUES_BITS)];
}

/**
 * registry_queue_is_concerned - whether a command to a queue may concern a filtered device
 * @queue: the queue
 *
 * Context: any.
 */
bool registry_queue_is_concerned(struct request_queue *queue)
{
	struct blkfilter_attachment *att;
	bool found = READ_ONCE(attached_nvme);

	rcu_read_lock();
	hlist_for_each_entry_rcu(att, queue_bucket(queue), queue_node)
		if (att->disk->queue == queue)
			found = true;
	rcu_read_unlock();
	return found;
}

/* registry_tell_changed - tell a filter of a change that is no bio. Context: any, under RCU. */
void registry_tell_changed(struct blkfilter_attachment *att)
{
	if (att->flt->ops->changed)
		att->flt->ops->changed(att->flt);
}

/**
 * registry_queue_changed - tell the filters on a disk and its parts of a change that is no bio
 * @queue: the disk's
 *
 * Context: any.
 */
void registry_queue_changed(struct request_queue *queue)
{
	struct blkfilter_attachment *att;

	rcu_read_lock();
	hlist_for_each_entry_rcu(att, queue_bucket(queue), queue_node)
		if (att->disk->queue == queue)
			registry_tell_changed(att);
	rcu_read_unlock();
}

/**
 * registry_walk_devices - call a function for each block device there is
 * @function: for the device inside struct block_device, until it does not return 0
 * @data: for it
 *
 * Context: may sleep; a device is or was attached.
 * Return: what the function returned at last.
 */
int registry_walk_devices(registry_device_fn_t *function, void *data)
{
	return class_for_each_device(class_of_blocks, NULL, data, function);
}

/* The attachment on a device, or on a device of which only the struct device is known. */
static struct blkfilter_attachment *find_device(struct device *dev)
{
	struct blkfilter_attachment *att;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(registry_table); i++)
		hlist_for_each_entry_rcu(att, &registry_table[i], node, lockdep_is_held(&blkfilter_lock))
			if (compat_part_device(att->part) == dev)
				return att;
	return NULL;
}

/**
 * registry_device_is_filtered - whether there is a filter on the device that this belongs to
 * @dev: any device
 *
 * Context: any. Walks the whole table: not for frequent use.
 */
bool registry_device_is_filtered(struct device *dev)
{
	bool found;

	rcu_read_lock();
	found = find_device(dev);
	rcu_read_unlock();
	return found;
}

static struct blkfilter_attachment *find_bdev(struct block_device *bdev)
{
	struct blkfilter_attachment *att;

	hlist_for_each_entry(att, registry_bucket(bdev->bd_disk), node)
		if (att->part == compat_part_of(bdev))
			return att;
	return NULL;
}

static struct blkfilter_operations *find_filter(const char *name)
{
	struct blkfilter_operations *ops;

	list_for_each_entry(ops, &filters, link)
		if (!strncmp(ops->name, name, BLKFILTER_NAME_LENGTH))
			return ops;
	return NULL;
}

int blkfilter_register(struct blkfilter_operations *ops)
{
	int ret = 0;

	mutex_lock(&blkfilter_lock);
	if (find_filter(ops->name))
		ret = -EBUSY;
	else
		list_add_tail(&ops->link, &filters);
	mutex_unlock(&blkfilter_lock);
	return ret;
}
EXPORT_SYMBOL_GPL(blkfilter_register);

void blkfilter_unregister(struct blkfilter_operations *ops)
{
	mutex_lock(&blkfilter_lock);
	list_del(&ops->link);
	mutex_unlock(&blkfilter_lock);
}
EXPORT_SYMBOL_GPL(blkfilter_unregister);

static void free_attachment(struct kref *ref)
{
	struct blkfilter_attachment *att = container_of(ref, struct blkfilter_attachment, ref);

	lane_exit(att);
	destroy_workqueue(att->wq);
	mempool_destroy(att->reserve);
	free_percpu(att->inflight);
	kfree(att);
}

/* Waits for the last bio of a detached attachment. */
static void reap(struct work_struct *work)
{
	struct blkfilter_attachment *att =
		container_of(work, struct blkfilter_attachment, reap_work);

	gate_wait_drained(att, 0);
	gate_wait_reserve(att);
	synchronize_rcu(); /* whoever ended the last one may still be in gate.c */
	registry_put(att);
	if (atomic_dec_and_test(&reaping))
		wake_up(&all_reaped);
}

static struct blkfilter_attachment *new_attachment(struct block_device *bdev)
{
	struct blkfilter_attachment *att = kzalloc(sizeof(*att), GFP_KERNEL);

	if (!att)
		return NULL;
	att->inflight = alloc_percpu(struct blkfilter_inflight);
	if (!att->inflight)
		goto err_free;
	att->wq = alloc_workqueue("blkfilter-%s", WQ_MEM_RECLAIM | WQ_PERCPU, 1,
				  dev_name(compat_part_device(compat_part_of(bdev))));
	if (!att->wq)
		goto err_free_percpu;
	att->reserve = bio_ctx_new_reserve();
	if (!att->reserve)
		goto err_destroy_wq;
	if (lane_init(att, dev_name(compat_part_device(compat_part_of(bdev)))))
		goto err_destroy_reserve;
	att->part = compat_part_of(bdev);
	att->disk = bdev->bd_disk;
	att->kind = passthrough_kind(bdev->bd_disk);
	kref_init(&att->ref);
	mutex_init(&att->op_lock);
	init_waitqueue_head(&att->drain_wait);
	raw_spin_lock_init(&att->held_lock);
	bio_list_init(&att->held);
	INIT_WORK(&att->held_work, gate_held_work);
	INIT_WORK(&att->reap_work, reap);
	return att;

err_destroy_reserve:
	mempool_destroy(att->reserve);
err_destroy_wq:
	destroy_workqueue(att->wq);
err_free_percpu:
	free_percpu(att->inflight);
err_free:
	kfree(att);
	return NULL;
}

/**
 * registry_rank - the order in which a bio is shown to the filters of a disk
 * @att: an attachment
 *
 * Return: a number; the lower comes first. Parts by their start, then the disk.
 */
sector_t registry_rank(const struct blkfilter_attachment *att)
{
	if (att->part == compat_part_of_disk(att->disk))
		return -1;
	return compat_part_start(att->part);
}

/* Adds to the bucket, in the order of registry_rank() for those of the same disk. */
static void add_in_order(struct blkfilter_attachment *att)
{
	struct hlist_head *bucket = registry_bucket(att->disk);
	struct blkfilter_attachment *other, *last = NULL;

	hlist_for_each_entry(other, bucket, node)
		if (other->disk == att->disk && registry_rank(other) <= registry_rank(att))
			last = other;
	if (last)
		hlist_add_behind_rcu(&att->node, &last->node);
	else
		hlist_add_head_rcu(&att->node, bucket);
}

static bool is_nvme(const struct blkfilter_attachment *att)
{
	return att->kind == PASSTHROUGH_NVME || att->kind == PASSTHROUGH_NVME_HEAD;
}

/* Puts an attachment in the table; the hooks come with the first one. */
static int table_add(struct blkfilter_attachment *att)
{
	int ret;

	WRITE_ONCE(class_of_blocks, compat_part_device(att->part)->class);
	if (!attached) {
		ret = hook_install();
		if (ret)
			return ret;
	}
	attached++;
	WRITE_ONCE(attached_nvme, attached_nvme + is_nvme(att));
	get_device(compat_part_device(att->part));
	add_in_order(att);
	hlist_add_head_rcu(&att->queue_node, queue_bucket(att->disk->queue));
	return 0;
}

/* Takes it out; afterwards nobody looks at its device or its filter through it. */
static void table_del(struct blkfilter_attachment *att)
{
	mutex_lock(&blkfilter_lock);
	hlist_del_rcu(&att->node);
	hlist_del_rcu(&att->queue_node);
	WRITE_ONCE(attached_nvme, attached_nvme - is_nvme(att));
	/*
	 * The hook's code may be gone once it is removed. With PREEMPT_RT what it calls may wait
	 * for a lock, which ftrace takes for being out of it; but not this.
	 */
	synchronize_rcu();
	if (!--attached)
		hook_remove();
	mutex_unlock(&blkfilter_lock);
	gate_open(att); /* it is closed if the device went in the middle of a take */
	idle_flush_work(&att->held_work);
}

/* Takes the filter off. @att->op_lock is held. */
static void detach(struct blkfilter_attachment *att)
{
	struct blkfilter *flt = att->flt;
	struct module *owner = flt->ops->owner;

	table_del(att);
	att->detached = true;
	flt->ops->detach(flt);
	lane_wait_empty(att);
	module_put(owner);
	put_device(compat_part_device(att->part));
	atomic_inc(&reaping);
	queue_work(reaper, &att->reap_work);
}

/*
 * Whether a device is still there. del_gendisk() and the deletion of a partition take the
 * inode out of the cache before they get to device_del(), where we are called again: so
 * whoever is in the table and finds the device alive will be told when it goes.
 */
static bool is_alive(const struct blkfilter_attachment *att, struct inode *inode)
{
	smp_mb(); /* first in the table, then look */
	return compat_part_is_live(att->part, inode);
}

/**
 * registry_attach - put a filter on a device
 * @bdev: the device, kept open by the caller
 * @inode: its inode
 * @name: the filter's name, at most BLKFILTER_NAME_LENGTH characters
 *
 * Return: as for BLKFILTER_ATTACH.
 */
int registry_attach(struct block_device *bdev, struct inode *inode, const char *name)
{
	struct blkfilter_attachment *att, *there;
	struct blkfilter_operations *ops;
	struct blkfilter *flt;
	const char *reason;
	int ret;

	att = new_attachment(bdev);
	if (!att)
		return -ENOMEM;

	kref_get(&att->ref); /* for this function */
	idle_mutex_lock(&att->op_lock);
	mutex_lock(&blkfilter_lock);
	ops = find_filter(name);
	ret = -ENOENT;
	if (!ops)
		goto err_unlock;
	there = find_bdev(bdev);
	ret = there && there->flt->ops == ops ? -EALREADY : -EBUSY;
	if (there)
		goto err_unlock;
	reason = blkfilter_refusal(bdev);
	ret = -EOPNOTSUPP;
	if (reason) {
		pr_warn("%pg: cannot be filtered: %s\n", bdev, reason);
		goto err_unlock;
	}
	ret = -ENOENT;
	if (!try_module_get(ops->owner))
		goto err_unlock;

	flt = ops->attach(bdev);
	ret = PTR_ERR_OR_ZERO(flt);
	if (ret)
		goto err_module_put;
	flt->ops = ops;
	flt->attachment = att;
	att->flt = flt;
	ret = table_add(att);
	if (ret)
		goto err_detach;
	mutex_unlock(&blkfilter_lock);

	/* Nobody gets at the filter until then: that takes op_lock. */
	ret = is_alive(att, inode) ? earlier_wait(att, bdev) : -ENODEV;
	if (ret)
		detach(att);
	mutex_unlock(&att->op_lock);
	registry_put(att);
	return ret;

err_detach:
	ops->detach(flt);
err_module_put:
	module_put(ops->owner);
err_unlock:
	mutex_unlock(&blkfilter_lock);
	mutex_unlock(&att->op_lock);
	registry_put(att);
	registry_put(att);
	return ret;
}

/**
 * registry_get - find the attachment of a device
 * @bdev: the device
 *
 * Return: the attachment, with a reference for registry_put(), or NULL.
 */
struct blkfilter_attachment *registry_get(struct block_device *bdev)
{
	struct blkfilter_attachment *att;

	mutex_lock(&blkfilter_lock);
	att = find_bdev(bdev);
	if (att)
		kref_get(&att->ref);
	mutex_unlock(&blkfilter_lock);
	return att;
}

void registry_put(struct blkfilter_attachment *att)
{
	kref_put(&att->ref, free_attachment);
}

/**
 * registry_detach - take a filter off because somebody asks for it
 * @bdev: the device
 * @name: the filter's name
 *
 * Return: as for BLKFILTER_DETACH.
 */
int registry_detach(struct block_device *bdev, const char *name)
{
	struct blkfilter_attachment *att = registry_get(bdev);
	struct blkfilter *flt;
	int ret = 0;

	if (!att)
		return -ENOENT;
	ret = mutex_lock_killable(&att->op_lock);
	if (ret) {
		registry_put(att);
		return ret;
	}
	flt = att->flt;
	if (att->detached)
		ret = -ENOENT;
	else if (strncmp(flt->ops->name, name, BLKFILTER_NAME_LENGTH))
		ret = -EINVAL;
	else if (flt->ops->detaching)
		ret = flt->ops->detaching(flt, false);
	if (!ret)
		detach(att);
	mutex_unlock(&att->op_lock);
	registry_put(att);
	return ret;
}

/* Takes the filter off a device that goes away. Drops the caller's reference. */
static void remove_attachment(struct blkfilter_attachment *att)
{
	WRITE_ONCE(att->removing, true);
	idle_mutex_lock(&att->op_lock);
	if (!att->detached) {
		pr_info("%s: is removed, detaching filter %s\n",
			dev_name(compat_part_device(att->part)), att->flt->ops->name);
		if (att->flt->ops->detaching)
			att->flt->ops->detaching(att->flt, true);
		detach(att);
	}
	mutex_unlock(&att->op_lock);
	registry_put(att);
}

static struct blkfilter_attachment *get_first_of_disk(struct gendisk *disk)
{
	struct blkfilter_attachment *att;

	hlist_for_each_entry(att, registry_bucket(disk), node)
		if (att->disk == disk) {
			kref_get(&att->ref);
			return att;
		}
	return NULL;
}

/**
 * registry_remove_disk - take off all filters on a disk that goes away and on its parts
 * @disk: the disk
 *
 * Context: may sleep, and waits for the filters' own I/O.
 */
void registry_remove_disk(struct gendisk *disk)
{
	struct blkfilter_attachment *att;

	do {
		mutex_lock(&blkfilter_lock);
		att = get_first_of_disk(disk);
		mutex_unlock(&blkfilter_lock);
		if (att)
			remove_attachment(att);
	} while (att);
}

/**
 * registry_remove_device - take the filter off a partition (or disk) that goes away
 * @dev: the device inside struct block_device
 *
 * Context: as registry_remove_disk().
 */
void registry_remove_device(struct device *dev)
{
	struct blkfilter_attachment *att;

	mutex_lock(&blkfilter_lock);
	att = find_device(dev);
	if (att)
		kref_get(&att->ref);
	mutex_unlock(&blkfilter_lock);
	if (att)
		remove_attachment(att);
}

int registry_init(void)
{
	reaper = alloc_workqueue("blkfilter-reaper", WQ_UNBOUND, 0);
	return reaper ? 0 : -ENOMEM;
}

/* Waits until the last bio that carries something of ours has ended. */
void registry_exit(void)
{
	earlier_exit();
	wait_event_idle(all_reaped, !atomic_read(&reaping));
	destroy_workqueue(reaper);
}
