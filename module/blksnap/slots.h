/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory in which blocks wait for being stored: so many slots, of a page each.
 *
 * A slot gets its page when it is used for the first time, if it has none from the beginning, and
 * keeps it. Whoever has got a slot owns it and its page until it is put back.
 */
#ifndef BLKSNAP_SLOTS_H
#define BLKSNAP_SLOTS_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct page;

/**
 * struct slots - the slots of a device
 * @lock: protects the stack
 * @pages: their pages, or %NULL
 * @nr: how many there are
 * @free: stack of the free ones
 * @nr_free: its height
 * @nr_empty: so many at its bottom have no page yet; all above have
 */
struct slots {
	raw_spinlock_t lock;
	struct page **pages;
	u32 nr;
	u32 *free;
	u32 nr_free;
	u32 nr_empty;
};

/**
 * slots_init - so many slots
 * @slots: of zeros
 * @nr: how many
 * @reserve: so many have a page from the beginning, so that one can be got whenever all are free
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; slots_exit() is to follow in both cases.
 */
int slots_init(struct slots *slots, u32 nr, u32 reserve);

/* slots_exit - all are free, or slots_init() has failed, or it is still of zeros */
void slots_exit(struct slots *slots);

/**
 * slots_get - free slots with a page each
 * @slots: the slots
 * @numbers: their numbers
 * @count: how many are wanted
 *
 * Context: a process; does not sleep.
 * Return: how many were got: less if no more are free, or there is no memory for a page.
 */
unsigned int slots_get(struct slots *slots, u32 *numbers, unsigned int count);

/* slots_put - give some back. Context: a process; does not sleep. */
void slots_put(struct slots *slots, const u32 *numbers, unsigned int count);

/* slots_all_free - whether none is in use. Context: a process; does not sleep. */
bool slots_all_free(struct slots *slots);

#endif /* BLKSNAP_SLOTS_H */
