/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The second half of copy-on-write: what diff_area.c has copied to memory is written to the
 * storage behind the writes that went on, and its memory becomes free for the next ones.
 *
 * Here is what the two share: a struct copy goes from one to the other, and both wait for
 * their I/O by batches. A copy belongs to the copy worker until diff_store_queue(), then to the
 * store worker, which frees it.
 */
#ifndef BLKSNAP_DIFF_STORE_H
#define BLKSNAP_DIFF_STORE_H

#include <linux/bio.h>
#include <linux/completion.h>
#include "diff_area.h"

#define COPY_BLOCKS	32U

/**
 * struct batch - what is waited for together
 * @pending: I/O under way, plus one
 * @error: of one that failed
 * @done: completed when @pending is 0
 * @copies: struct copy that are being read, or stored
 * @queue: the queue that @writes are taken from
 * @writes: writes all of whose blocks are in @copies or were copied before
 * @wishes: the same, of struct wish
 *
 * On the stack of a worker. @queue, @writes and @wishes are used by the copy worker only.
 */
struct batch {
	atomic_t pending;
	int error;
	struct completion done;
	struct list_head copies;
	struct write_queue *queue;
	struct bio_list writes;
	struct list_head wishes;
};

/**
 * struct copy - adjacent blocks on their way from the origin through memory to the storage
 * @free: in diff_area::copies, while it is free
 * @link: in struct batch, then in diff_area::to_store
 * @batch: the batch of which it is a part
 * @first: the first block
 * @count: how many blocks, all in one record
 * @slots: their slots
 * @stored: their blocks in the storage
 * @bio: reads them
 * @vecs: its pages
 */
struct copy {
	struct llist_node free;
	struct list_head link;
	struct batch *batch;
	u64 first;
	unsigned int count;
	u32 slots[COPY_BLOCKS];
	u32 stored[COPY_BLOCKS];
	struct bio bio;
	struct bio_vec vecs[COPY_BLOCKS];
};

/* copies_init - Return: 0 or -ENOMEM; copies_exit() is to follow in both cases. May sleep. */
int copies_init(struct diff_area *area);

/* copies_exit - none is in use */
void copies_exit(struct diff_area *area);

/*
 * copy_new - a copy of anything, or NULL for want of memory; not if all are free. Context: the copy
 * worker; does not sleep.
 */
struct copy *copy_new(struct diff_area *area);

/* copy_free - free a copy with the slots it has. Context: a process; does not sleep. */
void copy_free(struct diff_area *area, struct copy *copy);

/* batch_init - of nothing, but for its queue */
void batch_init(struct batch *batch);

/**
 * batch_put - I/O of a batch has ended
 * @batch: the batch, which may be gone when this returns
 * @status: of the I/O
 *
 * Context: any.
 */
void batch_put(struct batch *batch, blk_status_t status);

/* batch_wait - wait for all I/O of a batch. Return: 0 or the error of one. */
int batch_wait(struct batch *batch);

/**
 * diff_store_init - get ready to store
 * @area: the area, which has its slots and its storage
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; diff_store_exit() is to follow in both cases.
 */
int diff_store_init(struct diff_area *area);

/**
 * diff_store_exit - stores nothing any more
 * @area: the area, failed, or diff_store_init() has failed or was not called
 *
 * Nothing is written to the storage when this returns. Context: may sleep.
 */
void diff_store_exit(struct diff_area *area);

/* diff_store_queue - hand over the copies of a batch, in memory all of them. Context: a process. */
void diff_store_queue(struct diff_area *area, struct batch *batch);

/**
 * diff_store_wait - wait until something was stored
 * @area: the area
 * @seen: what diff_area::stored was
 *
 * Returns when it has changed, or the area has failed. If writes wait for that, the area fails when
 * they have waited for too long.
 *
 * Context: the copy worker.
 */
void diff_store_wait(struct diff_area *area, unsigned long seen);

#endif /* BLKSNAP_DIFF_STORE_H */
