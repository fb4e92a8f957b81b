/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The change map of a device: one byte a block, the number of the interval between two
 * snapshots in which it was last changed.
 */
#ifndef BLKSNAP_CBT_MAP_H
#define BLKSNAP_CBT_MAP_H

#include <linux/limits.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <uapi/linux/blksnap.h>

/**
 * struct cbt_map - the two maps of a device
 * @rcu: frees it
 * @capacity: of the device, in sectors
 * @shift: log2 of the size of a block in sectors
 * @count: number of blocks
 * @active: what is marked now
 * @readable: as it was at the last take
 * @number: what blocks are marked with now, 1..255
 * @previous: the number of the last snapshot, 0 before the first
 * @settling: @readable is not complete yet
 * @generation: identifies the history that the numbers count in
 *
 * Who writes what: writers of the device mark in @active, several at once; they come
 * between two takes only, because the take holds them back while it switches. All others
 * (marks asked for by ioctl, writes to the image, the take) are kept apart by the
 * tracker's lock.
 *
 * A take must not copy a map of megabytes while writers wait. It only counts up @number
 * and sets @settling. From then on, whoever changes a byte in @active first saves the
 * old one to @readable; cbt_map_settle() copies all that was not changed. A byte of
 * @readable only ever grows, whoever gets to it first: numbers rise within a generation.
 * When they are used up, the take goes on with a new map (see cbt_map_is_used_up()).
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
	bool settling;
	struct blksnap_uuid generation;
};

/**
 * cbt_map_new - maps for a device, nothing marked, of a new generation
 * @capacity: of the device, in sectors
 *
 * Context: may sleep.
 * Return: the map or NULL.
 */
struct cbt_map *cbt_map_new(sector_t capacity);

/* cbt_map_free - at once; cbt_map_free_rcu - when no writer of the device uses it */
void cbt_map_free(struct cbt_map *map);
void cbt_map_free_rcu(struct cbt_map *map);

/* cbt_map_previous - the number of the last snapshot. Context: the map is kept from being freed. */
static inline u8 cbt_map_previous(const struct cbt_map *map)
{
	return smp_load_acquire(&map->previous); /* pairs with cbt_map_switch() */
}

/**
 * cbt_map_mark - note that sectors change now
 * @map: the map
 * @sector: the first one
 * @count: how many, not 0
 *
 * Context: any; the map is kept from being freed or switched (see above).
 * Return: false if some lie outside of the map; the others have been marked.
 */
bool cbt_map_mark(struct cbt_map *map, sector_t sector, sector_t count);

/* cbt_map_set_active - for cbt_map_mark(): marks sectors all of which lie in the map */
static inline void cbt_map_set_active(struct cbt_map *map, sector_t sector, sector_t count)
{
	u8 *last = &map->active[(sector + count - 1) >> map->shift];
	u8 *block = &map->active[sector >> map->shift];
	u8 number = map->number;

	do {
		if (READ_ONCE(*block) != number)
			/* Whoever sees the new number sees the old one saved, if it had to be. */
			smp_store_release(block, number);
	} while (++block <= last);
}

/**
 * cbt_map_mark_easily - as cbt_map_mark(), where there is nothing to save and to cut
 * @map: the map
 * @sector: the first one
 * @count: how many, not 0
 *
 * Context: that of a writer of the device. If the map is not settling now, it will not be
 * before the next switch, and that waits for this writer. Inline: for each write.
 * Return: false if it is not so easy; cbt_map_mark() is to be called then.
 */
static inline bool cbt_map_mark_easily(struct cbt_map *map, sector_t sector, sector_t count)
{
	if (unlikely(READ_ONCE(map->settling) || sector + count > map->capacity))
		return false;
	cbt_map_set_active(map, sector, count);
	return true;
}

/**
 * cbt_map_mark_readable - note that the image of the last snapshot changes
 * @map: the map, settled
 * @sector: the first sector
 * @count: how many, not 0
 */
void cbt_map_mark_readable(struct cbt_map *map, sector_t sector, sector_t count);

/**
 * cbt_map_read - a part of the readable map, as it is or will be when it is complete
 * @map: the map
 * @offset: first block
 * @buffer: for @count bytes
 * @count: how many, all inside of the map
 *
 * Context: any; the map is kept from being freed.
 */
void cbt_map_read(const struct cbt_map *map, u32 offset, u8 *buffer, unsigned int count);

/* cbt_map_is_used_up - whether it has no number for another interval */
static inline bool cbt_map_is_used_up(const struct cbt_map *map)
{
	return map->number == U8_MAX;
}

/* cbt_map_switch - begin the next interval; no writer comes meanwhile, and it is not used up */
void cbt_map_switch(struct cbt_map *map);

/* cbt_map_settle - complete @readable after a switch; may sleep */
void cbt_map_settle(struct cbt_map *map);

int cbt_map_check_params(void);

#endif /* BLKSNAP_CBT_MAP_H */
