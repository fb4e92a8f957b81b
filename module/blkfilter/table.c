// SPDX-License-Identifier: GPL-2.0
/*
 * The table of attachments.
 *
 * It is keyed by disk, because a bio refers to its disk. The size is fixed and ample, so a lookup
 * costs the same for one attached device as for a thousand. A second table has the same attachments
 * keyed by request queue, for requests, which do not come as bios.
 *
 * Both are changed under blkfilter_lock and read under RCU.
 */
#include "blkfilter.h"

DEFINE_MUTEX(blkfilter_lock);

struct hlist_head blkfilter_table[1 << TABLE_BITS];
#define QUEUES_BITS	6
static struct hlist_head queues[1 << QUEUES_BITS];
/* Number of attachments in the table. Protected by blkfilter_lock. */
static unsigned int nr_attached;
/* How many of them are on NVMe disks, whose commands may come on other queues. Likewise; any reader. */
static unsigned int nr_attached_nvme;
/* The class of all block devices; set when the first device is attached. */
static typeof(((struct device *)NULL)->class) bdev_class;

/**
 * table_has_disk - tell whether a disk or a partition of it is filtered
 * @disk: the disk
 *
 * Context: any.
 * Return: whether it is.
 */
bool table_has_disk(struct gendisk *disk)
{
	struct blkfilter_attachment *att;
	bool found = false;

	rcu_read_lock();
	hlist_for_each_entry_rcu(att, table_bucket(disk), node)
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
 * table_has_queue - tell whether a command to a queue may concern a filtered device
 * @queue: the queue
 *
 * Context: any.
 * Return: whether it may.
 */
bool table_has_queue(struct request_queue *queue)
{
	struct blkfilter_attachment *att;
	bool found = READ_ONCE(nr_attached_nvme);

	rcu_read_lock();
	hlist_for_each_entry_rcu(att, queue_bucket(queue), queue_node)
		if (att->disk->queue == queue)
			found = true;
	rcu_read_unlock();
	return found;
}

/**
 * table_notify_changed - tell a filter of a change that is not a bio
 * @att: its attachment
 *
 * Context: any, under RCU.
 */
void table_notify_changed(struct blkfilter_attachment *att)
{
	if (att->flt->ops->changed)
		att->flt->ops->changed(att->flt);
}

/**
 * table_queue_changed - tell the filters of a disk of a change that is not a bio
 * @queue: the disk's queue
 *
 * Context: any.
 */
void table_queue_changed(struct request_queue *queue)
{
	struct blkfilter_attachment *att;

	rcu_read_lock();
	hlist_for_each_entry_rcu(att, queue_bucket(queue), queue_node)
		if (att->disk->queue == queue)
			table_notify_changed(att);
	rcu_read_unlock();
}

/**
 * table_walk_devices - call a function for each block device of the system
 * @function: called with the struct device of the block device, until it returns non-zero
 * @data: passed to it
 *
 * Context: may sleep; a device is or was attached.
 * Return: the last value that the function returned.
 */
int table_walk_devices(table_device_fn_t *function, void *data)
{
	return class_for_each_device(bdev_class, NULL, data, function);
}

/**
 * table_find_device - find the attachment of a device by its struct device
 * @dev: any device
 *
 * Walks the whole table, so it is not for frequent use.
 *
 * Context: under RCU or blkfilter_lock.
 * Return: the attachment or NULL.
 */
struct blkfilter_attachment *table_find_device(struct device *dev)
{
	struct blkfilter_attachment *att;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(blkfilter_table); i++)
		hlist_for_each_entry_rcu(att, &blkfilter_table[i], node,
					 lockdep_is_held(&blkfilter_lock))
			if (compat_part_device(att->part) == dev)
				return att;
	return NULL;
}

/**
 * table_has_device - tell whether a device is filtered
 * @dev: any device
 *
 * Context: any. Walks the whole table.
 * Return: whether it is.
 */
bool table_has_device(struct device *dev)
{
	bool found;

	rcu_read_lock();
	found = table_find_device(dev);
	rcu_read_unlock();
	return found;
}

/**
 * table_find_bdev - find the attachment of a device
 * @bdev: the device
 *
 * Context: blkfilter_lock.
 * Return: the attachment or NULL.
 */
struct blkfilter_attachment *table_find_bdev(struct block_device *bdev)
{
	struct blkfilter_attachment *att;

	hlist_for_each_entry(att, table_bucket(bdev->bd_disk), node)
		if (att->part == compat_part_of(bdev))
			return att;
	return NULL;
}

/**
 * table_find_disk - find the first attachment of a disk
 * @disk: the disk
 *
 * Context: blkfilter_lock.
 * Return: an attachment of the disk or of one of its partitions, or NULL.
 */
struct blkfilter_attachment *table_find_disk(struct gendisk *disk)
{
	struct blkfilter_attachment *att;

	hlist_for_each_entry(att, table_bucket(disk), node)
		if (att->disk == disk)
			return att;
	return NULL;
}

/**
 * table_rank - tell in which order the filters of a disk are called
 * @att: an attachment
 *
 * Return: a number, lower ones first: partitions by their start, then the disk.
 */
sector_t table_rank(const struct blkfilter_attachment *att)
{
	if (att->part == compat_part_of_disk(att->disk))
		return -1;
	return compat_part_start(att->part);
}

/* Add to the bucket, among those of the same disk in the order of table_rank(). */
static void add_ranked(struct blkfilter_attachment *att)
{
	struct hlist_head *bucket = table_bucket(att->disk);
	struct blkfilter_attachment *other, *last = NULL;

	hlist_for_each_entry(other, bucket, node)
		if (other->disk == att->disk && table_rank(other) <= table_rank(att))
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

/* table_is_empty - tell whether no device is attached. Context: blkfilter_lock. */
bool table_is_empty(void)
{
	return !nr_attached;
}

/**
 * table_add - add an attachment
 * @att: the attachment
 *
 * Pins the memory of its device, but does not keep it open.
 *
 * Context: blkfilter_lock; the hooks are installed.
 */
void table_add(struct blkfilter_attachment *att)
{
	nr_attached++;
	WRITE_ONCE(nr_attached_nvme, nr_attached_nvme + is_nvme(att));
	get_device(compat_part_device(att->part));
	add_ranked(att);
	hlist_add_head_rcu(&att->queue_node, queue_bucket(att->disk->queue));
}

/* table_set_class - learn the class of block devices from one of them. Context: blkfilter_lock. */
void table_set_class(struct device *dev)
{
	WRITE_ONCE(bdev_class, dev->class);
}

/**
 * table_del - remove an attachment
 * @att: the attachment
 *
 * On return nobody accesses its device or its filter through the table any more. The reference to
 * the device is the caller's to drop.
 *
 * Context: blkfilter_lock; may sleep.
 */
void table_del(struct blkfilter_attachment *att)
{
	hlist_del_rcu(&att->node);
	hlist_del_rcu(&att->queue_node);
	WRITE_ONCE(nr_attached_nvme, nr_attached_nvme - is_nvme(att));
	/*
	 * Also before the hooks are removed. ftrace takes a callback that waits for a lock, as it may
	 * with PREEMPT_RT, for one that has returned; RCU does not.
	 */
	synchronize_rcu();
	nr_attached--;
}
