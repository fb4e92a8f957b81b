/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The change map of a device: a byte for each tracking block, with the number of the snapshot
 * interval in which the block changed last.
 */
#ifndef BLKSNAP_CBT_MAP_H
#define BLKSNAP_CBT_MAP_H

#include <linux/limits.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <uapi/linux/blksnap.h>

/**
 * struct cbt_map - the change maps of a device
 * @rcu: for freeing
 * @capacity: of the device, in sectors
 * @shift: log2 of the block size in sectors
 * @count: number of blocks
 * @active: the map that is marked
 * @readable: the map as of the last take
 * @number: what blocks are marked with, 1 to 255
 * @previous: number of the last snapshot, 0 before the first
 * @syncing: @readable is not complete yet
 * @generation: identifies the history in which the numbers count
 *
 * Writers of the device mark blocks in @active concurrently. There are none during the switch of a
 * take, which quiesces the device. All other changes (marks by ioctl, writes to the image, the take)
 * are serialized by the tracker's lock.
 *
 * A take must not copy a map of megabytes while writes are held. It only increments @number and sets
 * @syncing. From then on, whoever changes a byte in @active saves the old value to @readable first,
 * and cbt_map_sync() copies the bytes that have not changed. Both only raise a byte of @readable, so
 * their order does not matter: numbers rise within a generation. When the numbers are used up, the
 * take continues with a new map (see cbt_map_is_used_up()).
 */
struct cbt_map {
	struct rcu_head rcu;
	sector_t capacity;
	unsigned int shift;
	u32 count;
	u8 *active;
	u8 *readable;
	u8 number;
	u8 previous;
	bool syncing;
	struct blksnap_uuid generation;
};

/**
 * cbt_map_new - allocate the maps of a device, unmarked, in a new generation
 * @capacity: of the device, in sectors
 *
 * Context: may sleep.
 * Return: the map or NULL.
 */
struct cbt_map *cbt_map_new(sector_t capacity);

/* cbt_map_free - free a map that no writer of the device uses */
void cbt_map_free(struct cbt_map *map);

/* cbt_map_free_rcu - free a map after a grace period */
void cbt_map_free_rcu(struct cbt_map *map);

/* cbt_map_previous - get the number of the last snapshot. Context: any, under RCU. */
static inline u8 cbt_map_previous(const struct cbt_map *map)
{
	return smp_load_acquire(&map->previous); /* pairs with cbt_map_switch() */
}

/**
 * cbt_map_mark - mark sectors as changed now
 * @map: the map
 * @sector: first sector
 * @count: number of sectors, not 0
 *
 * Context: any. The caller keeps the map from being freed or switched (see struct cbt_map).
 * Return: false if some sectors are beyond the end of the map; the others are marked.
 */
bool cbt_map_mark(struct cbt_map *map, sector_t sector, sector_t count);

/* cbt_map_set_active - mark sectors in the active map, which has all of them. For cbt_map_mark(). */
static inline void cbt_map_set_active(struct cbt_map *map, sector_t sector, sector_t count)
{
	u8 *last = &map->active[(sector + count - 1) >> map->shift];
	u8 *block = &map->active[sector >> map->shift];
	u8 number = map->number;

	do {
		if (READ_ONCE(*block) != number)
			/* A reader that sees the new number also sees the old one in @readable. */
			smp_store_release(block, number);
	} while (++block <= last);
}

/**
 * cbt_map_mark_fast - cbt_map_mark() for the usual case
 * @map: the map
 * @sector: first sector
 * @count: number of sectors, not 0
 *
 * Inline, because it is called for each write. If the map is not syncing now, it will not be until
 * the next switch, which waits for the write that this is called for.
 *
 * Context: submission of a write to the device.
 * Return: false if the map is syncing or does not have all sectors; nothing is marked, and
 * cbt_map_mark() has to be called.
 */
static inline bool cbt_map_mark_fast(struct cbt_map *map, sector_t sector, sector_t count)
{
	if (unlikely(READ_ONCE(map->syncing) || sector + count > map->capacity))
		return false;
	cbt_map_set_active(map, sector, count);
	return true;
}

/**
 * cbt_map_mark_readable - mark sectors as changed in the image of the last snapshot
 * @map: the map
 * @sector: first sector
 * @count: number of sectors, not 0
 *
 * Context: the tracker's lock.
 */
void cbt_map_mark_readable(struct cbt_map *map, sector_t sector, sector_t count);

/**
 * cbt_map_read - copy a part of the readable map
 * @map: the map
 * @offset: first block
 * @buffer: for @count bytes
 * @count: number of blocks, all of them in the map
 *
 * While the map is syncing, the result is what it will be when the map is complete.
 *
 * Context: any, under RCU.
 */
void cbt_map_read(const struct cbt_map *map, u32 offset, u8 *buffer, unsigned int count);

/* cbt_map_is_used_up - tell whether the map has no number for another interval */
static inline bool cbt_map_is_used_up(const struct cbt_map *map)
{
	return map->number == U8_MAX;
}

/**
 * cbt_map_switch - begin the next snapshot interval
 * @map: the map, not used up
 *
 * To be followed by cbt_map_sync().
 *
 * Context: the device is quiesced; the tracker's lock; does not sleep.
 */
void cbt_map_switch(struct cbt_map *map);

/**
 * cbt_map_sync - complete the readable map after a switch
 * @map: the map
 *
 * Context: may sleep.
 */
void cbt_map_sync(struct cbt_map *map);

/* cbt_map_check_params - check the module parameters at load. Return: 0 or -EINVAL. */
int cbt_map_check_params(void);

#endif /* BLKSNAP_CBT_MAP_H */
