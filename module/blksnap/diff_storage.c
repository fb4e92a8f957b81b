// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include "../idle.h"
#include "diff_storage.h"
#include "params.h"

static struct param diff_storage_minimum = {
	.value = 2097152, .min = 2 * DIFF_BLOCK_SECTORS, .max = 1U << 31,
};

PARAM(diff_storage_minimum,
	"sectors of storage to ask for at a time, when less than half of that is left");

DEFINE_MUTEX(storages_lock);
static LIST_HEAD(storages);

/* Context: storage->lock, or nobody else uses the storage yet. */
static void request_space(struct diff_storage *storage)
{
	storage->request_pending = true;
	event_queue_low_space(&storage->events, &storage->low_space_event,
			      param_value(&diff_storage_minimum));
}

void diff_storage_init(struct diff_storage *storage)
{
	event_queue_init(&storage->events);
	queued_event_init(&storage->low_space_event);
	queued_event_init(&storage->corrupted_event);
	spin_lock_init(&storage->lock);
	INIT_LIST_HEAD(&storage->devices);
	request_space(storage);
	idle_mutex_lock(&storages_lock);
	list_add_tail(&storage->link, &storages);
	mutex_unlock(&storages_lock);
}

void diff_storage_close(struct diff_storage *storage)
{
	struct diff_device *device, *next;

	idle_mutex_lock(&storages_lock);
	list_del(&storage->link);
	mutex_unlock(&storages_lock);
	list_for_each_entry_safe(device, next, &storage->devices, link) {
		compat_bdev_close(device->file);
		list_del(&device->link);
		kfree(device);
	}
}

void diff_storage_exit(struct diff_storage *storage)
{
	kvfree(storage->ranges);
}

struct span {
	sector_t first;
	sector_t end;
};

static int compare_spans(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

/* Add the ranges that are on a disk, in sectors of the disk. Return: the new number of spans. */
static unsigned int add_spans(struct span *spans, unsigned int nr, const struct gendisk *disk,
			      const struct diff_range *ranges, unsigned int count)
{
	sector_t first;

	for (; count--; ranges++) {
		if (ranges->bdev->bd_disk != disk)
			continue;
		first = diff_range_start(ranges);
		spans[nr++] = (struct span) {
			.first = first,
			.end = first + (sector_t)ranges->count * DIFF_BLOCK_SECTORS,
		};
	}
	return nr;
}

/* Refuse sectors that are storage already: their owners would overwrite each other's data. */
static int check_overlap(const struct diff_range *ranges, unsigned int count)
{
	const struct gendisk *disk = ranges->bdev->bd_disk;
	unsigned int i, nr = 0, max = count;
	struct diff_storage *storage;
	struct span *spans;
	int ret = 0;

	list_for_each_entry(storage, &storages, link)
		max += storage->nr_ranges;
	spans = kvmalloc_array(max, sizeof(*spans), GFP_KERNEL);
	if (!spans)
		return -ENOMEM;
	list_for_each_entry(storage, &storages, link)
		nr = add_spans(spans, nr, disk, storage->ranges, storage->nr_ranges);
	nr = add_spans(spans, nr, disk, ranges, count);
	sort(spans, nr, sizeof(*spans), compare_spans, NULL);
	for (i = 1; i < nr && !ret; i++)
		if (spans[i].first < spans[i - 1].end)
			ret = -EBUSY;
	if (ret)
		pr_err("%pg: sectors are difference storage already, or given twice\n",
		       ranges->bdev);
	kvfree(spans);
	return ret;
}

int diff_storage_reserve(struct diff_storage *storage, const struct diff_range *ranges,
			 unsigned int count)
{
	unsigned int max = max(storage->nr_ranges + count, 2 * storage->max_ranges);
	struct diff_range *new, *old;
	u64 total = storage->capacity;
	unsigned int i;
	int ret;

	ret = check_overlap(ranges, count);
	if (ret)
		return ret;
	for (i = 0; i < count; i++)
		total += ranges[i].count;
	if (total > DIFF_STORAGE_MAX)
		return -EFBIG;
	if (storage->nr_ranges + count <= storage->max_ranges)
		return 0;
	new = kvmalloc_array(max, sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	spin_lock_irq(&storage->lock);
	if (storage->nr_ranges)
		memcpy(new, storage->ranges, storage->nr_ranges * sizeof(*new));
	old = storage->ranges;
	storage->ranges = new;
	storage->max_ranges = max;
	spin_unlock_irq(&storage->lock);
	kvfree(old);
	return 0;
}

void diff_storage_append(struct diff_storage *storage, const struct diff_range *ranges,
			 unsigned int count)
{
	struct diff_range *range;
	unsigned int i;

	spin_lock_irq(&storage->lock);
	for (i = 0; i < count; i++) {
		range = &storage->ranges[storage->nr_ranges++];
		*range = ranges[i];
		range->first = storage->capacity;
		storage->capacity += range->count;
	}
	storage->request_pending = false;
	spin_unlock_irq(&storage->lock);
}

u32 diff_storage_alloc(struct diff_storage *storage, u32 count, u32 *first)
{
	struct diff_range *range;
	unsigned long flags;
	u32 got = 0;
	sector_t free;

	spin_lock_irqsave(&storage->lock, flags);
	*first = storage->used;
	if (storage->used < storage->capacity) {
		range = &storage->ranges[storage->current_range];
		if (storage->used == range->first + range->count) {
			storage->current_range++;
			range++;
		}
		got = min(count, range->first + range->count - storage->used);
		storage->used += got;
	}
	free = (sector_t)(storage->capacity - storage->used) * DIFF_BLOCK_SECTORS;
	if (!storage->request_pending && free < param_value(&diff_storage_minimum) / 2)
		request_space(storage);
	spin_unlock_irqrestore(&storage->lock, flags);
	return got;
}

/* Find the range of a block by bisection. Context: storage->lock. */
static const struct diff_range *find_range(const struct diff_storage *storage, u32 block)
{
	unsigned int low = 0, high = storage->nr_ranges - 1;

	while (low < high) {
		unsigned int middle = (low + high + 1) / 2;

		if (storage->ranges[middle].first <= block)
			low = middle;
		else
			high = middle - 1;
	}
	return &storage->ranges[low];
}

struct block_device *diff_storage_locate(struct diff_storage *storage, u32 block,
					 sector_t *sector, u32 *adjacent)
{
	const struct diff_range *range;
	struct block_device *bdev;
	unsigned long flags;

	spin_lock_irqsave(&storage->lock, flags);
	range = find_range(storage, block);
	*sector = range->sector + (sector_t)(block - range->first) * DIFF_BLOCK_SECTORS;
	if (adjacent)
		*adjacent = range->first + range->count - block;
	bdev = range->bdev;
	spin_unlock_irqrestore(&storage->lock, flags);
	return bdev;
}

void diff_storage_fail(struct diff_storage *storage, dev_t dev, int error)
{
	if (cmpxchg(&storage->error, 0, error))
		return;
	pr_err("snapshot of [%u:%u] is lost: %s (error %d)\n", MAJOR(dev), MINOR(dev),
	       error == -ENOSPC ? "no difference storage left" : "it could not be kept", error);
	event_queue_corrupted(&storage->events, &storage->corrupted_event, dev, error);
}
