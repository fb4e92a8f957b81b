/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the copy worker and the store worker of an area share. The copy worker allocates a struct
 * diff_copy and passes it on with diff_writeback_queue(); the store worker frees it. Each of them waits
 * for its I/O by batches.
 */
#ifndef BLKSNAP_DIFF_BATCH_H
#define BLKSNAP_DIFF_BATCH_H

#include <linux/bio.h>
#include <linux/completion.h>
#include "diff_area.h"

#define COPY_BLOCKS	32U

/**
 * struct diff_batch - I/O that is waited for together
 * @pending: I/O in flight, plus one until diff_batch_wait()
 * @error: of an I/O that failed
 * @done: completed when @pending becomes 0
 * @copies: struct diff_copy that are being read or stored
 * @queue: the queue of @writes
 * @writes: parked writes whose blocks are in @copies, or were copied before
 * @requests: struct copy_request of the same kind
 *
 * On the stack of a worker. Only the copy worker uses @queue, @writes and @requests.
 */
struct diff_batch {
	atomic_t pending;
	int error;
	struct completion done;
	struct list_head copies;
	struct park_queue *queue;
	struct bio_list writes;
	struct list_head requests;
};

/**
 * struct diff_copy - adjacent blocks that are copied from the origin to the storage
 * @free: in &diff_area.copies while it is free
 * @link: in a struct diff_batch, then in &diff_area.to_store
 * @batch: the batch that it belongs to
 * @first: first block
 * @count: number of blocks, all in one record
 * @buffers: their buffers
 * @stored: their blocks in the storage
 * @bio: reads them from the origin
 * @vecs: pages of @bio
 */
struct diff_copy {
	struct llist_node free;
	struct list_head link;
	struct diff_batch *batch;
	u64 first;
	unsigned int count;
	u32 buffers[COPY_BLOCKS];
	u32 stored[COPY_BLOCKS];
	struct bio bio;
	struct bio_vec vecs[COPY_BLOCKS];
};

/**
 * diff_copies_init - allocate the reserve of copies
 * @area: the area
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; diff_copies_exit() has to follow in both cases.
 */
int diff_copies_init(struct diff_area *area);

/* diff_copies_exit - free all copies. None is in use. */
void diff_copies_exit(struct diff_area *area);

/**
 * diff_copy_new - allocate a copy
 * @area: the area
 *
 * Context: the copy worker; does not sleep.
 * Return: the copy, uninitialized; or NULL for want of memory, but not if all copies are free.
 */
struct diff_copy *diff_copy_new(struct diff_area *area);

/**
 * diff_copy_free - free a copy, and put its buffers
 * @area: the area
 * @copy: the copy
 *
 * Context: process context; does not sleep.
 */
void diff_copy_free(struct diff_area *area, struct diff_copy *copy);

/* diff_batch_init - initialize an empty batch, except for @queue */
void diff_batch_init(struct diff_batch *batch);

/**
 * diff_batch_put - note that an I/O of a batch has ended
 * @batch: the batch; it may be gone on return
 * @status: status of the I/O
 *
 * Context: any.
 */
void diff_batch_put(struct diff_batch *batch, blk_status_t status);

/**
 * diff_batch_wait - wait for all I/O of a batch
 * @batch: the batch
 *
 * Context: may sleep.
 * Return: 0, or the error of one of them.
 */
int diff_batch_wait(struct diff_batch *batch);

#endif /* BLKSNAP_DIFF_BATCH_H */
