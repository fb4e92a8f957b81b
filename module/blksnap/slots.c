// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/slab.h>
#include "slots.h"

/* Takes a free one. Called with the lock held. */
static u32 pop(struct slots *slots)
{
	slots->nr_free--;
	slots->nr_empty = min(slots->nr_empty, slots->nr_free);
	return slots->free[slots->nr_free];
}

/* Gives one back, below those that have a page if it has none. Called with the lock held. */
static void push(struct slots *slots, u32 slot)
{
	u32 at = slots->nr_free++;

	if (!slots->pages[slot]) {
		slots->free[at] = slots->free[slots->nr_empty];
		at = slots->nr_empty++;
	}
	slots->free[at] = slot;
}

int slots_init(struct slots *slots, u32 nr, u32 reserve)
{
	u32 slot;

	raw_spin_lock_init(&slots->lock);
	slots->nr = nr;
	slots->pages = kvcalloc(nr, sizeof(*slots->pages), GFP_KERNEL);
	slots->free = kvcalloc(nr, sizeof(*slots->free), GFP_KERNEL);
	if (!slots->pages || !slots->free)
		return -ENOMEM;
	for (slot = 0; slot < nr; slot++) {
		if (slot < reserve) {
			slots->pages[slot] = alloc_page(GFP_KERNEL);
			if (!slots->pages[slot])
				return -ENOMEM;
		}
		push(slots, slot);
	}
	return 0;
}

void slots_exit(struct slots *slots)
{
	u32 slot;

	for (slot = 0; slots->pages && slot < slots->nr; slot++)
		if (slots->pages[slot])
			__free_page(slots->pages[slot]);
	kvfree(slots->free);
	kvfree(slots->pages);
}

bool slots_get(struct slots *slots, u32 *slot)
{
	bool got;

	raw_spin_lock_irq(&slots->lock);
	got = slots->nr_free;
	if (got)
		*slot = pop(slots);
	raw_spin_unlock_irq(&slots->lock);
	/* It belongs to nobody else now. */
	if (got && !slots->pages[*slot]) {
		slots->pages[*slot] = alloc_page(GFP_NOWAIT | __GFP_NOWARN);
		got = slots->pages[*slot];
		if (!got)
			slots_put(slots, slot, 1);
	}
	return got;
}

void slots_put(struct slots *slots, const u32 *numbers, unsigned int count)
{
	raw_spin_lock_irq(&slots->lock);
	while (count--)
		push(slots, *numbers++);
	raw_spin_unlock_irq(&slots->lock);
}

bool slots_all_free(struct slots *slots)
{
	bool all;

	raw_spin_lock_irq(&slots->lock);
	all = slots->nr_free == slots->nr;
	raw_spin_unlock_irq(&slots->lock);
	return all;
}
