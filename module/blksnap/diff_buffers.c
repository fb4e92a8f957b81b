// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/slab.h>
#include "diff_buffers.h"

/* Push a free buffer, below those with a page if it has none. Context: buffers->lock. */
static void push_free(struct diff_buffers *buffers, u32 buffer)
{
	u32 at = buffers->nr_free++;

	if (!buffers->pages[buffer]) {
		buffers->free[at] = buffers->free[buffers->nr_empty];
		at = buffers->nr_empty++;
	}
	buffers->free[at] = buffer;
}

int diff_buffers_init(struct diff_buffers *buffers, u32 nr, u32 reserve)
{
	u32 buffer;

	raw_spin_lock_init(&buffers->lock);
	buffers->nr = nr;
	buffers->pages = kvcalloc(nr, sizeof(*buffers->pages), GFP_KERNEL);
	buffers->free = kvcalloc(nr, sizeof(*buffers->free), GFP_KERNEL);
	if (!buffers->pages || !buffers->free)
		return -ENOMEM;
	for (buffer = 0; buffer < nr; buffer++) {
		if (buffer < reserve) {
			buffers->pages[buffer] = alloc_page(GFP_KERNEL);
			if (!buffers->pages[buffer])
				return -ENOMEM;
		}
		push_free(buffers, buffer);
	}
	return 0;
}

void diff_buffers_exit(struct diff_buffers *buffers)
{
	u32 buffer;

	for (buffer = 0; buffers->pages && buffer < buffers->nr; buffer++)
		if (buffers->pages[buffer])
			__free_page(buffers->pages[buffer]);
	kvfree(buffers->free);
	kvfree(buffers->pages);
}

/* Pop up to @count free buffers. Return: number of buffers. */
static unsigned int pop_free(struct diff_buffers *buffers, u32 *numbers, unsigned int count)
{
	unsigned int i;

	raw_spin_lock_irq(&buffers->lock);
	count = min(count, buffers->nr_free);
	for (i = 0; i < count; i++)
		numbers[i] = buffers->free[--buffers->nr_free];
	buffers->nr_empty = min(buffers->nr_empty, buffers->nr_free);
	raw_spin_unlock_irq(&buffers->lock);
	return count;
}

unsigned int diff_buffers_get(struct diff_buffers *buffers, u32 *numbers, unsigned int count)
{
	unsigned int got = pop_free(buffers, numbers, count), i;

	/* The caller owns them now, so no lock is needed. */
	for (i = 0; i < got; i++) {
		struct page **page = &buffers->pages[numbers[i]];

		if (likely(*page))
			continue;
		*page = alloc_page(GFP_NOWAIT | __GFP_NOWARN);
		if (!*page) {
			diff_buffers_put(buffers, &numbers[i], got - i);
			break;
		}
	}
	return i;
}

void diff_buffers_put(struct diff_buffers *buffers, const u32 *numbers, unsigned int count)
{
	raw_spin_lock_irq(&buffers->lock);
	while (count--)
		push_free(buffers, *numbers++);
	raw_spin_unlock_irq(&buffers->lock);
}

bool diff_buffers_all_free(struct diff_buffers *buffers)
{
	bool all;

	raw_spin_lock_irq(&buffers->lock);
	all = buffers->nr_free == buffers->nr;
	raw_spin_unlock_irq(&buffers->lock);
	return all;
}
