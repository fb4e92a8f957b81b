// SPDX-License-Identifier: GPL-2.0
#include <linux/blkdev.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uuid.h>
#include "cbt_map.h"
#include "params.h"

static struct param tracking_block_maximum_shift;

static struct param tracking_block_minimum_shift = {
	.value = 16, .min = SECTOR_SHIFT, .max = 30,
	.no_more_than = &tracking_block_maximum_shift,
};

PARAM(tracking_block_minimum_shift, "smallest size of a tracking block, as a power of two");

static struct param tracking_block_maximum_shift = {
	.value = 26, .min = SECTOR_SHIFT, .max = 30,
	.no_less_than = &tracking_block_minimum_shift,
};

PARAM(tracking_block_maximum_shift, "largest size of a tracking block, as a power of two");

static struct param tracking_block_maximum_count = {
	.value = 2097152, .min = 1, .max = 1U << 30,
};

PARAM(tracking_block_maximum_count,
	"largest number of tracking blocks of a device, if that is not too few");

int cbt_map_check_params(void)
{
	return param_check_order("tracking_block_minimum_shift", &tracking_block_minimum_shift);
}

/* The smallest block size that is allowed and does not make too many blocks. */
static unsigned int choose_shift(sector_t capacity)
{
	unsigned int shift = param_value(&tracking_block_minimum_shift);

	while (shift < param_value(&tracking_block_maximum_shift) &&
	       DIV_ROUND_UP_ULL(capacity, 1ULL << (shift - SECTOR_SHIFT)) >
	       param_value(&tracking_block_maximum_count))
		shift++;
	return shift - SECTOR_SHIFT;
}

struct cbt_map *cbt_map_new(sector_t capacity)
{
	struct cbt_map *map = kzalloc(sizeof(*map), GFP_KERNEL);
	u64 count;

	if (!map)
		return NULL;
	map->capacity = capacity;
	map->shift = choose_shift(capacity);
	count = DIV_ROUND_UP_ULL(capacity, 1ULL << map->shift);
	/* The limit of the interface and of one allocation. */
	if (count > INT_MAX)
		goto err;
	map->count = count;
	map->active = kvzalloc(max(map->count, 1U), GFP_KERNEL);
	map->readable = kvzalloc(max(map->count, 1U), GFP_KERNEL);
	if (!map->active || !map->readable)
		goto err;
	generate_random_uuid(map->generation.b);
	map->number = 1;
	return map;

err:
	cbt_map_free(map);
	return NULL;
}

void cbt_map_free(struct cbt_map *map)
{
	kvfree(map->active);
	kvfree(map->readable);
	kfree(map);
}

static void cbt_map_free_callback(struct rcu_head *rcu)
{
	cbt_map_free(container_of(rcu, struct cbt_map, rcu));
}

void cbt_map_free_rcu(struct cbt_map *map)
{
	call_rcu(&map->rcu, cbt_map_free_callback);
}

/* Clip sectors to the capacity of the map. Return: number of sectors that are left. */
static sector_t clip_sectors(const struct cbt_map *map, sector_t sector, sector_t count)
{
	return sector < map->capacity ? min(count, map->capacity - sector) : 0;
}

/* Raise a byte of the readable map to a number, unless it is higher already. */
static void raise_readable(struct cbt_map *map, u64 block, u8 number)
{
	u8 there = READ_ONCE(map->readable[block]), seen;

	for (; there < number; there = seen) {
		seen = cmpxchg(&map->readable[block], there, number);
		if (seen == there)
			break;
	}
}

/* While the map is syncing: save the numbers that are about to change to the readable map. */
static void save_readable(struct cbt_map *map, sector_t sector, sector_t count)
{
	u64 last = (sector + count - 1) >> map->shift;
	u64 block = sector >> map->shift;

	for (; block <= last; block++) {
		u8 old = READ_ONCE(map->active[block]);

		if (old != map->number)
			raise_readable(map, block, old);
	}
}

bool cbt_map_mark(struct cbt_map *map, sector_t sector, sector_t count)
{
	sector_t inside = clip_sectors(map, sector, count);

	if (!inside)
		return false;
	if (READ_ONCE(map->syncing))
		save_readable(map, sector, inside);
	cbt_map_set_active(map, sector, inside);
	return inside == count;
}

void cbt_map_mark_readable(struct cbt_map *map, sector_t sector, sector_t count)
{
	sector_t inside = clip_sectors(map, sector, count);
	u64 block, last;

	if (!inside)
		return;
	last = (sector + inside - 1) >> map->shift;
	for (block = sector >> map->shift; block <= last; block++)
		raise_readable(map, block, map->previous);
}

void cbt_map_switch(struct cbt_map *map)
{
	u8 number = map->number;

	/*
	 * Readers take no lock. This order ensures that a reader that got the new number from
	 * cbt_map_previous() also sees that the map is syncing, and the number of the interval.
	 */
	WRITE_ONCE(map->number, number + 1);
	smp_store_release(&map->syncing, true); /* pairs with cbt_map_read() */
	smp_store_release(&map->previous, number); /* pairs with cbt_map_previous() */
}

void cbt_map_read(const struct cbt_map *map, u32 offset, u8 *buffer, unsigned int count)
{
	/* Pairs with cbt_map_sync(): a map that is not syncing is complete. */
	bool syncing = smp_load_acquire(&map->syncing);

	if (likely(!syncing)) {
		memcpy(buffer, map->readable + offset, count);
		return;
	}
	for (; count--; offset++) {
		/* Pairs with cbt_map_mark(). */
		u8 value = smp_load_acquire(&map->active[offset]);
		u8 readable = READ_ONCE(map->readable[offset]);

		*buffer++ = value != map->number ? max(value, readable) : readable;
	}
}

void cbt_map_sync(struct cbt_map *map)
{
	u32 block;

	for (block = 0; block < map->count; block++) {
		/* Pairs with cbt_map_mark(). */
		u8 value = smp_load_acquire(&map->active[block]);

		if (value != map->number)
			raise_readable(map, block, value);
		if (!(block % SZ_64K))
			cond_resched();
	}
	smp_store_release(&map->syncing, false); /* pairs with cbt_map_read() */
	synchronize_rcu(); /* a writer may still be saving an old value */
}
