// SPDX-License-Identifier: GPL-2.0
/*
 * Finding the data of the image. The workers of the area change states meanwhile, so data may have moved
 * when it is used: from the origin to memory, from there to the storage, and never back. Memory is accessed
 * under the area's lock, see diff_writeback.c. Data in the storage stays until the snapshot is destroyed,
 * which waits for the image. After a read from the origin, the reader checks diff_area_is_uncopied().
 */
#include <linux/highmem.h>
#include "diff_area.h"

void diff_area_locate(struct diff_area *area, sector_t sector, sector_t count,
		      struct diff_extent *extent)
{
	u64 first = sector / DIFF_BLOCK_SECTORS;
	u64 blocks = DIV_ROUND_UP_ULL(sector + count, DIFF_BLOCK_SECTORS) - first;
	unsigned int offset = sector % DIFF_BLOCK_SECTORS;
	u32 state, adjacent;
	u64 run;

	run = chunk_run(&area->table, first, blocks, &state);
	if (block_is_uncopied(state)) {
		extent->source = DIFF_ORIGIN;
		extent->bdev = area->origin;
		extent->sector = sector;
	} else if (block_is_stored(state)) {
		extent->source = DIFF_STORED;
		extent->bdev = diff_storage_locate(area->storage, block_number(state),
						   &extent->sector, &adjacent);
		extent->sector += offset;
		run = min_t(u64, run, adjacent);
	} else {
		extent->source = state == BLOCK_ZERO ? DIFF_ZERO : DIFF_MEMORY;
	}
	extent->count = min_t(sector_t, count, run * DIFF_BLOCK_SECTORS - offset);
}

bool diff_area_is_uncopied(struct diff_area *area, sector_t sector, sector_t count)
{
	u64 first = sector / DIFF_BLOCK_SECTORS;

	return chunk_range_uncopied(&area->table, first,
				    DIV_ROUND_UP_ULL(sector + count, DIFF_BLOCK_SECTORS) - first);
}

/* Copy a part of a block to a part of a segment, if the block is in memory. */
static bool read_block(struct diff_area *area, u64 block, unsigned int offset, struct bio_vec bv)
{
	unsigned long flags;
	bool in_memory;
	void *data;
	u32 state;

	raw_spin_lock_irqsave(&area->lock, flags);
	state = chunk_state(&area->table, block);
	in_memory = block_is_in_memory(state);
	if (in_memory) {
		/* After a failure the buffer may be another block's, but the reader checks the error. */
		data = kmap_local_page(area->buffers.pages[state & BLOCK_BUFFER_MASK]);
		memcpy_to_bvec(&bv, data + offset);
		kunmap_local(data);
	}
	raw_spin_unlock_irqrestore(&area->lock, flags);
	return in_memory;
}

bool diff_area_read_memory(struct diff_area *area, struct bio *bio)
{
	u64 pos = bio->bi_iter.bi_sector << SECTOR_SHIFT;
	struct bvec_iter iter = bio->bi_iter;
	unsigned int offset;
	struct bio_vec part;

	/* Segments and blocks need not end at the same place. */
	while (iter.bi_size) {
		offset = pos % DIFF_BLOCK_SIZE;
		part = bio_iter_iovec(bio, iter);
		part.bv_len = min(part.bv_len, DIFF_BLOCK_SIZE - offset);
		if (!read_block(area, pos >> DIFF_BLOCK_SHIFT, offset, part))
			return false;
		pos += part.bv_len;
		bio_advance_iter(bio, &iter, part.bv_len);
	}
	return true;
}
