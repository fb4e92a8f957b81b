// SPDX-License-Identifier: GPL-2.0
/*
 * The life of an attachment.
 *
 * registry_attach() creates it. It is in the table until an administrator detaches it or its device
 * is removed. Then it exists until the last bio that it counted has ended, for which a work item
 * waits (reap_work). Each call that uses an attachment has a reference of its own.
 */
#include <linux/slab.h>
#include "blkfilter.h"

/* Runs reap_work of all attachments. */
static struct workqueue_struct *reap_wq;
/* Attachments whose reap_work has not finished. */
static atomic_t nr_reaping = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(all_reaped);

static void attachment_free(struct kref *ref)
{
	struct blkfilter_attachment *att = container_of(ref, struct blkfilter_attachment, ref);

	resubmit_exit(att);
	destroy_workqueue(att->wq);
	mempool_destroy(att->reserve);
	free_percpu(att->inflight);
	kfree(att);
}

/**
 * attachment_put - drop a reference
 * @att: the attachment
 *
 * Context: may sleep.
 */
void attachment_put(struct blkfilter_attachment *att)
{
	kref_put(&att->ref, attachment_free);
}

static void attachment_reap_work(struct work_struct *work)
{
	struct blkfilter_attachment *att =
		container_of(work, struct blkfilter_attachment, reap_work);

	gate_wait_drained(att, 0);
	gate_wait_reserve(att);
	synchronize_rcu(); /* the end of the last bio may still be in gate_wake() */
	attachment_put(att);
	if (atomic_dec_and_test(&nr_reaping))
		wake_up(&all_reaped);
}

/**
 * attachment_reap - drop the table's reference once no bio is in flight
 * @att: the attachment, out of the table
 *
 * Context: may sleep, but does not wait for the bios.
 */
void attachment_reap(struct blkfilter_attachment *att)
{
	atomic_inc(&nr_reaping);
	queue_work(reap_wq, &att->reap_work);
}

/**
 * attachment_new - allocate an attachment
 * @bdev: the device, open
 *
 * Context: may sleep.
 * Return: the attachment, with a reference for the table; or NULL.
 */
struct blkfilter_attachment *attachment_new(struct block_device *bdev)
{
	const char *name = dev_name(compat_part_device(compat_part_of(bdev)));
	struct blkfilter_attachment *att = kzalloc(sizeof(*att), GFP_KERNEL);

	if (!att)
		return NULL;
	att->inflight = alloc_percpu(struct blkfilter_inflight);
	if (!att->inflight)
		goto err_free;
	att->wq = alloc_workqueue("blkfilter-%s", WQ_MEM_RECLAIM | WQ_PERCPU, 1, name);
	if (!att->wq)
		goto err_free_percpu;
	att->reserve = bio_new_reserve();
	if (!att->reserve)
		goto err_destroy_wq;
	if (resubmit_init(att, name))
		goto err_destroy_reserve;
	att->part = compat_part_of(bdev);
	att->disk = bdev->bd_disk;
	kref_init(&att->ref);
	mutex_init(&att->op_lock);
	init_waitqueue_head(&att->drain_wait);
	raw_spin_lock_init(&att->held_lock);
	bio_list_init(&att->held);
	INIT_WORK(&att->held_work, resubmit_held_work);
	INIT_WORK(&att->reap_work, attachment_reap_work);
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
 * attachment_get - find the attachment of a device
 * @bdev: the device
 *
 * Context: may sleep.
 * Return: the attachment, with a reference for attachment_put(); or NULL.
 */
struct blkfilter_attachment *attachment_get(struct block_device *bdev)
{
	struct blkfilter_attachment *att;

	mutex_lock(&blkfilter_lock);
	att = table_find_bdev(bdev);
	if (att)
		kref_get(&att->ref);
	mutex_unlock(&blkfilter_lock);
	return att;
}

/**
 * attachment_init - set up the reaping of attachments
 *
 * Return: 0 or -ENOMEM.
 */
int attachment_init(void)
{
	reap_wq = alloc_workqueue("blkfilter-reap", WQ_UNBOUND, 0);
	return reap_wq ? 0 : -ENOMEM;
}

/**
 * attachment_exit - wait until all attachments are reaped
 *
 * Context: may sleep, until the last bio with a context of ours has ended.
 */
void attachment_exit(void)
{
	wait_event_idle(all_reaped, !atomic_read(&nr_reaping));
	destroy_workqueue(reap_wq);
}
