// SPDX-License-Identifier: GPL-2.0
/*
 * Registered filters: attaching them to devices and detaching them, and quiescing the devices.
 *
 * An attachment in the table pins the memory of its device but does not keep the device open, so a
 * partition table can be re-read and a stacked device can be stopped. When a device is removed, the
 * hooks call registry_remove_disk() or registry_remove_device() before its memory or its driver can
 * go. These return when nothing of ours refers to the device any more.
 */
#include <linux/module.h>
#include "blkfilter.h"

/* The registered filters. Protected by blkfilter_lock. */
static LIST_HEAD(filters);
/* Install and remove the hooks for bios, commands and removals. */
static int (*install_hooks)(void);
static void (*remove_hooks)(void);

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

/* Add an attachment to the table; the first one installs the hooks. Context: blkfilter_lock. */
static int add_attachment(struct blkfilter_attachment *att)
{
	int ret;

	table_set_class(compat_part_device(att->part));
	if (table_is_empty()) {
		ret = install_hooks();
		if (ret)
			return ret;
	}
	table_add(att);
	return 0;
}

/* Remove an attachment from the table; the last one removes the hooks. */
static void del_attachment(struct blkfilter_attachment *att)
{
	mutex_lock(&blkfilter_lock);
	table_del(att);
	if (table_is_empty())
		remove_hooks();
	mutex_unlock(&blkfilter_lock);
	gate_open(att); /* closed if the device was removed during a take */
	idle_flush_work(&att->held_work);
}

/* Detach the filter. Context: att->op_lock. */
static void detach_filter(struct blkfilter_attachment *att)
{
	struct blkfilter *flt = att->flt;
	struct module *owner = flt->ops->owner;

	del_attachment(att);
	att->detached = true;
	flt->ops->detach(flt);
	resubmit_drain(att);
	module_put(owner);
	put_device(compat_part_device(att->part));
	attachment_reap(att);
}

/*
 * Whether a device still exists. del_gendisk() and the deletion of a partition unhash the inode
 * before they call device_del(), whose hook looks into the table. So if an attachment is in the
 * table and finds its device alive, the removal of the device will find the attachment.
 */
static bool is_alive(const struct blkfilter_attachment *att, struct inode *inode)
{
	smp_mb(); /* the attachment is in the table before this looks at the device */
	return compat_part_is_live(att->part, inode);
}

/**
 * registry_attach - attach a filter to a device
 * @bdev: the device, kept open by the caller
 * @inode: its inode
 * @name: name of the filter, BLKFILTER_NAME_LENGTH characters at most
 *
 * Context: may sleep.
 * Return: as for BLKFILTER_ATTACH.
 */
int registry_attach(struct block_device *bdev, struct inode *inode, const char *name)
{
	struct blkfilter_attachment *att, *there;
	struct blkfilter_operations *ops;
	struct blkfilter *flt;
	const char *reason;
	int ret;

	att = attachment_new(bdev);
	if (!att)
		return -ENOMEM;
	att->kind = passthrough_kind(bdev->bd_disk);

	kref_get(&att->ref); /* for this function */
	idle_mutex_lock(&att->op_lock);
	mutex_lock(&blkfilter_lock);
	ops = find_filter(name);
	ret = -ENOENT;
	if (!ops)
		goto err_unlock;
	there = table_find_bdev(bdev);
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
	ret = add_attachment(att);
	if (ret)
		goto err_detach;
	mutex_unlock(&blkfilter_lock);

	/* op_lock keeps everybody else from using the filter until this is complete. */
	ret = is_alive(att, inode) ? earlier_wait(att, bdev) : -ENODEV;
	if (ret)
		detach_filter(att);
	mutex_unlock(&att->op_lock);
	attachment_put(att);
	return ret;

err_detach:
	ops->detach(flt);
err_module_put:
	module_put(ops->owner);
err_unlock:
	mutex_unlock(&blkfilter_lock);
	mutex_unlock(&att->op_lock);
	attachment_put(att);
	attachment_put(att);
	return ret;
}

/**
 * registry_detach - detach a filter on request
 * @bdev: the device
 * @name: name of the filter
 *
 * Context: may sleep.
 * Return: as for BLKFILTER_DETACH.
 */
int registry_detach(struct block_device *bdev, const char *name)
{
	struct blkfilter_attachment *att = attachment_get(bdev);
	struct blkfilter *flt;
	int ret = 0;

	if (!att)
		return -ENOENT;
	ret = mutex_lock_killable(&att->op_lock);
	if (ret) {
		attachment_put(att);
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
		detach_filter(att);
	mutex_unlock(&att->op_lock);
	attachment_put(att);
	return ret;
}

/* Detach the filter of a device that is being removed. Drops the caller's reference. */
static void detach_removed(struct blkfilter_attachment *att)
{
	WRITE_ONCE(att->removing, true);
	idle_mutex_lock(&att->op_lock);
	if (!att->detached) {
		pr_info("%s: is removed, detaching filter %s\n",
			dev_name(compat_part_device(att->part)), att->flt->ops->name);
		if (att->flt->ops->detaching)
			att->flt->ops->detaching(att->flt, true);
		detach_filter(att);
	}
	mutex_unlock(&att->op_lock);
	attachment_put(att);
}

/**
 * registry_remove_disk - detach all filters of a disk and its partitions
 * @disk: the disk, which is being removed
 *
 * Context: may sleep, and waits for I/O of the filters.
 */
void registry_remove_disk(struct gendisk *disk)
{
	struct blkfilter_attachment *att;

	do {
		mutex_lock(&blkfilter_lock);
		att = table_find_disk(disk);
		if (att)
			kref_get(&att->ref);
		mutex_unlock(&blkfilter_lock);
		if (att)
			detach_removed(att);
	} while (att);
}

/**
 * registry_remove_device - detach the filter of a partition or a disk
 * @dev: its struct device, which is being removed
 *
 * Context: as registry_remove_disk().
 */
void registry_remove_device(struct device *dev)
{
	struct blkfilter_attachment *att;

	mutex_lock(&blkfilter_lock);
	att = table_find_device(dev);
	if (att)
		kref_get(&att->ref);
	mutex_unlock(&blkfilter_lock);
	if (att)
		detach_removed(att);
}

static struct gendisk *disk_of(const struct blkfilter *flt)
{
	return flt->attachment->disk;
}

/* Move the filter at @from behind the one at @to. */
static void move_filter(struct blkfilter **flts, unsigned int from, unsigned int to)
{
	struct blkfilter *flt = flts[from];

	memmove(&flts[from], &flts[from + 1], (to - from) * sizeof(*flts));
	flts[to] = flt;
}

/*
 * order_by_disk - sort filters on overlapping parts of a disk as bio_filter() calls them
 *
 * In another order a bio could be counted by one and held by the next. The filters of a disk are
 * gathered at the place of the last one. Thereby all devices stacked on any of them still come
 * before, and all that they are stacked on come after.
 */
static void order_by_disk(struct blkfilter **flts, unsigned int count)
{
	unsigned int i, j;

	for (i = count; i-- > 0;)
		for (j = i; j-- > 0;)
			if (disk_of(flts[j]) == disk_of(flts[i])) {
				move_filter(flts, j, i - 1);
				break;
			}
	for (i = 0; i < count; i++)
		for (j = i + 1; j < count && disk_of(flts[j]) == disk_of(flts[i]); j++)
			if (table_rank(flts[i]->attachment) > table_rank(flts[j]->attachment))
				swap(flts[i], flts[j]);
}

/*
 * drain_last - wait until no bio is in flight at the last of @count closed gates
 *
 * Not every submitter can be made to wait at a closed gate, so too many held bios end the wait.
 */
static bool drain_last(struct blkfilter **flts, unsigned int count, unsigned long deadline)
{
	unsigned long look;
	unsigned int i;

	do {
		look = (jiffies + HZ / 10) ?: 1; /* 0 would be no limit */
		if (gate_wait_drained(flts[count - 1]->attachment,
				      time_before(look, deadline) ? look : deadline))
			return true;
		for (i = 0; i < count; i++)
			if (READ_ONCE(flts[i]->attachment->nr_held) >= held_max())
				return false;
	} while (time_before(jiffies, deadline));
	return false;
}

int blkfilter_quiesce(struct blkfilter **flts, unsigned int count, unsigned long timeout)
{
	unsigned long deadline = (jiffies + timeout) ?: 1;
	unsigned int i;

	order_by_disk(flts, count);
	/*
	 * One after the other: a write to an upper device ends only when the lower one has accepted
	 * its part of it.
	 */
	for (i = 0; i < count; i++) {
		gate_close(flts[i]->attachment);
		if (!drain_last(flts, i + 1, deadline)) {
			blkfilter_resume(flts, i + 1);
			return -ETIMEDOUT;
		}
	}
	return 0;
}
EXPORT_SYMBOL_GPL(blkfilter_quiesce);

void blkfilter_resume(struct blkfilter **flts, unsigned int count)
{
	while (count--)
		gate_open(flts[count]->attachment);
}
EXPORT_SYMBOL_GPL(blkfilter_resume);

/**
 * registry_init - tell the registry how to install the hooks
 * @install: called before the first device is attached; returns 0 or a negative errno
 * @remove: called after the last one was detached
 *
 * Both are called under blkfilter_lock, and may sleep.
 */
void registry_init(int (*install)(void), void (*remove)(void))
{
	install_hooks = install;
	remove_hooks = remove;
}
