/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory in which copied blocks wait to be stored: a number of buffers, of a page each.
 *
 * A buffer that has no page from the beginning gets one when it is used for the first time, and keeps
 * it. Who has got a buffer owns it and its page until it is put.
 */
#ifndef BLKSNAP_DIFF_BUFFERS_H
#define BLKSNAP_DIFF_BUFFERS_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct page;

/**
 * struct diff_buffers - the buffers of a device
 * @lock: protects @free, @nr_free and @nr_empty
 * @pages: the page of each buffer, or %NULL
 * @nr: number of buffers
 * @free: stack of the free buffers
 * @nr_free: height of the stack
 * @nr_empty: number of buffers without a page, which are at the bottom of the stack
 */
struct diff_buffers {
	raw_spinlock_t lock;
	struct page **pages;
	u32 nr;
	u32 *free;
	u32 nr_free;
	u32 nr_empty;
};

/**
 * diff_buffers_init - allocate buffers
 * @buffers: zeroed
 * @nr: number of buffers
 * @reserve: number of buffers that get a page now. If all buffers are free, so many can be got
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; diff_buffers_exit() has to follow in both cases.
 */
int diff_buffers_init(struct diff_buffers *buffers, u32 nr, u32 reserve);

/**
 * diff_buffers_exit - free buffers
 * @buffers: the buffers, all of them put; or zeroed
 *
 * Context: may sleep.
 */
void diff_buffers_exit(struct diff_buffers *buffers);

/**
 * diff_buffers_get - get free buffers with a page
 * @buffers: the buffers
 * @numbers: set to their numbers
 * @count: number of buffers wanted
 *
 * Context: process context; does not sleep.
 * Return: number of buffers got. Fewer than @count if no more are free, or for want of memory.
 */
unsigned int diff_buffers_get(struct diff_buffers *buffers, u32 *numbers, unsigned int count);

/**
 * diff_buffers_put - put buffers
 * @buffers: the buffers
 * @numbers: numbers of those to put
 * @count: number of those to put
 *
 * Context: process context; does not sleep.
 */
void diff_buffers_put(struct diff_buffers *buffers, const u32 *numbers, unsigned int count);

/* diff_buffers_all_free - tell whether none is in use. Context: process context; does not sleep. */
bool diff_buffers_all_free(struct diff_buffers *buffers);

#endif /* BLKSNAP_DIFF_BUFFERS_H */
