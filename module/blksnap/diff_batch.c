// SPDX-License-Identifier: GPL-2.0
/*
 * Free copies are kept on a list, which is cheaper than an allocator. Both workers add to it. Only the
 * copy worker takes from it, so it needs no lock. There are always at least COPY_RESERVE copies in all:
 * one is freed only when more than that are on the list.
 */
#include <linux/slab.h>
#include "../idle.h"
#include "diff_batch.h"

#define COPY_RESERVE	4
/* About how many free copies are kept: as many as are often in use. */
#define COPIES_KEPT	64

static void keep_copy(struct diff_area *area, struct diff_copy *copy)
{
	atomic_inc(&area->nr_copies);
	llist_add(&copy->free, &area->copies);
}

int diff_copies_init(struct diff_area *area)
{
	struct diff_copy *copy;
	unsigned int i;

	for (i = 0; i < COPY_RESERVE; i++) {
		copy = kmalloc(sizeof(*copy), GFP_KERNEL);
		if (!copy)
			return -ENOMEM;
		keep_copy(area, copy);
	}
	return 0;
}

void diff_copies_exit(struct diff_area *area)
{
	struct diff_copy *copy, *next;

	llist_for_each_entry_safe(copy, next, llist_del_all(&area->copies), free)
		kfree(copy);
}

struct diff_copy *diff_copy_new(struct diff_area *area)
{
	struct llist_node *first = llist_del_first(&area->copies);

	if (unlikely(!first))
		return kmalloc(sizeof(struct diff_copy), GFP_NOWAIT | __GFP_NOWARN);
	atomic_dec(&area->nr_copies);
	return llist_entry(first, struct diff_copy, free);
}

void diff_copy_free(struct diff_area *area, struct diff_copy *copy)
{
	diff_buffers_put(&area->buffers, copy->buffers, copy->count);
	if (unlikely(atomic_read(&area->nr_copies) >= COPIES_KEPT))
		kfree(copy);
	else
		keep_copy(area, copy);
}

void diff_batch_init(struct diff_batch *batch)
{
	atomic_set(&batch->pending, 1);
	batch->error = 0;
	init_completion(&batch->done);
	INIT_LIST_HEAD(&batch->copies);
	bio_list_init(&batch->writes);
	INIT_LIST_HEAD(&batch->requests);
}

void diff_batch_put(struct diff_batch *batch, blk_status_t status)
{
	if (status)
		WRITE_ONCE(batch->error, blk_status_to_errno(status));
	if (atomic_dec_and_test(&batch->pending))
		complete(&batch->done);
}

int diff_batch_wait(struct diff_batch *batch)
{
	diff_batch_put(batch, BLK_STS_OK);
	idle_wait_for_completion(&batch->done);
	return READ_ONCE(batch->error);
}
