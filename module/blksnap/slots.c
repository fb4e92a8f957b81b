// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/slab.h>
#include "slots.h"

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

/* Takes free ones, as many as there are. */
static unsigned int pop(struct slots *slots, u32 *numbers, unsigned int count)
{
	unsigned int i;

	raw_spin_lock_irq(&slots->lock);
	count = min(count, slots->nr_free);
	for (i = 0; i < count; i++)
		numbers[i] = slots->free[--slots->nr_free];
	slots->nr_empty = min(slots->nr_empty, slots->nr_free);
	raw_spin_unlock_irq(&slots->lock);
	return count;
}

unsigned int slots_get(struct slots *slots, u32 *numbers, unsigned int count)
{
	unsigned int got = pop(slots, numbers, count), i;

	/* They belong to nobody else now. */
	for (i = 0; i < got; i++) {
		struct page **page = &slots->pages[numbers[i]];

		if (likely(*page))
			continue;
		*page = alloc_page(GFP_NOWAIT | __GFP_NOWARN);
		if (!*page) {
			slots_put(slots, &numbers[i], got - i);
			break;
		}
	}
	return i;
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
