// SPDX-License-Identifier: GPL-2.0
/*
 * The life of an area.
 */
#include <linux/slab.h>
#include "../idle.h"
#include "diff_batch.h"
#include "diff_copy.h"
#include "diff_park.h"
#include "diff_writeback.h"
#include "params.h"

/* The largest number of buffers of a device: 16 MiB. */
#define MAX_BUFFERS	4096U

static struct param free_diff_buffer_pool_size = {
	.value = 128, .min = 1, .max = MAX_BUFFERS,
};

PARAM(free_diff_buffer_pool_size, "pages that a device of a snapshot has in reserve for copying");

static int init_memory(struct diff_area *area)
{
	unsigned int reserve = param_value(&free_diff_buffer_pool_size);
	int ret;

	ret = chunk_table_init(&area->table, area->capacity);
	if (ret)
		return ret;
	ret = diff_buffers_init(&area->buffers,
				clamp(chunk_queue_limit(&area->table), reserve, MAX_BUFFERS),
				reserve);
	if (ret)
		return ret;
	return diff_copies_init(area);
}

static void free_memory(struct diff_area *area)
{
	diff_copies_exit(area);
	diff_buffers_exit(&area->buffers);
	chunk_table_exit(&area->table);
}

static int init_worker(struct diff_area *area)
{
	area->copy_wq = alloc_ordered_workqueue("blksnap-copy-%u:%u", WQ_MEM_RECLAIM,
						MAJOR(area->dev), MINOR(area->dev));
	return area->copy_wq ? 0 : -ENOMEM;
}

struct diff_area *diff_area_new(struct block_device *origin, struct diff_storage *storage)
{
	struct diff_area *area = kzalloc(sizeof(*area), GFP_KERNEL);
	int ret;

	if (!area)
		return ERR_PTR(-ENOMEM);
	area->origin = origin;
	area->disk = origin->bd_disk;
	area->dev = origin->bd_dev;
	area->capacity = bdev_nr_sectors(origin);
	area->diskseq = compat_diskseq(origin->bd_disk);
	area->block_size = bdev_logical_block_size(origin);
	area->physical_block_size = bdev_physical_block_size(origin);
	area->granule = max(area->physical_block_size / DIFF_BLOCK_SIZE, 1U);
	area->storage = storage;
	raw_spin_lock_init(&area->lock);
	INIT_LIST_HEAD(&area->copy_requests);
	diff_park_init(area);
	INIT_WORK(&area->copy_work, diff_copy_work);
	init_waitqueue_head(&area->progress);
	queued_event_init(&area->corrupted_event);

	ret = init_memory(area) ?: init_worker(area) ?: diff_writeback_init(area);
	if (ret) {
		diff_area_free(area);
		return ERR_PTR(ret);
	}
	return area;
}

static void put_reader(struct diff_area *area)
{
	if (atomic_dec_and_test(&area->readers) && unlikely(diff_area_error(area)))
		wake_up_all(&area->progress);
}

bool diff_area_get_origin(struct diff_area *area)
{
	atomic_inc(&area->readers);
	smp_mb__after_atomic(); /* pairs with diff_area_leave_origin() */
	if (likely(!diff_area_error(area)))
		return true;
	put_reader(area);
	return false;
}

void diff_area_put_origin(struct diff_area *area)
{
	/* The sequence number of a loop device changes before the new file is read. */
	if (unlikely(bdev_nr_sectors(area->origin) != area->capacity ||
		     compat_diskseq(area->origin->bd_disk) != area->diskseq))
		diff_area_fail(area, -ESTALE);
	put_reader(area);
}

void diff_area_leave_origin(struct diff_area *area)
{
	smp_mb(); /* pairs with diff_area_get_origin(): the error was set before */
	idle_flush_work(&area->copy_work);
	wait_event_idle(area->progress, !atomic_read(&area->readers));
}

void diff_area_free(struct diff_area *area)
{
	/* First the store worker: it may wake the copy worker, which does not wake the store worker. */
	diff_writeback_exit(area);
	diff_park_exit(area);
	if (area->copy_wq)
		destroy_workqueue(area->copy_wq);
	event_queue_drop(&area->storage->events, &area->corrupted_event);
	free_memory(area);
	kfree(area);
}
