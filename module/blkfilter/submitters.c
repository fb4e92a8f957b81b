// SPDX-License-Identifier: GPL-2.0
/*
 * Finds writes that are in current->bio_list of a task. A driver that submits bios to several devices, such
 * as md or device mapper, adds them to that list, and they are submitted when the driver returns. If the task
 * sleeps for one of them, the others stay in the list, in no queue and in no accounting. They have passed the
 * hook already. So if the filter was attached later, it has not seen them.
 */
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "blkfilter.h"

/* The largest number of bios in a list. A longer one is not a list. */
#define LIST_MAX	65536

/* struct submitter - a task that may have bios in its lists, with a reference to it */
struct submitter {
	struct list_head link;
	struct task_struct *task;
};

/* Read memory of another task. It may continue at any moment and change what is on its stack. */
static bool read_safely(void *data, const void *from, size_t size)
{
	return !copy_from_kernel_nofault(data, from, size);
}

/* How often a task was switched off its CPU. */
static unsigned long switches_of(struct task_struct *task)
{
	return READ_ONCE(task->nvcsw) + READ_ONCE(task->nivcsw);
}

/* Whether a task is running, or has run since @switches was read. */
static bool has_run(struct task_struct *task, unsigned long switches)
{
	smp_rmb(); /* the memory of the task was read before */
	if (compat_task_on_cpu(task))
		return true;
	smp_rmb(); /* whether it is running is read before the number of switches */
	return task == current || switches_of(task) != switches;
}

/*
 * has_bio - tell whether a list of a task has a write that the filter must see, or cannot be read
 *
 * Context: RCU, which keeps the block device of a bio that was in the list a moment before.
 */
static bool has_bio(struct task_struct *task, unsigned long switches, struct bio *first,
		    struct blkfilter_attachment *att)
{
	unsigned int count = 0;
	struct bio *next, bio;

	for (next = first; next; next = bio.bi_next) {
		if (count++ > LIST_MAX || !read_safely(&bio, next, sizeof(bio)) ||
		    has_run(task, switches))
			return true;
		if (op_is_write(bio_op(&bio)) && bio_sectors(&bio) &&
		    compat_bio_disk(&bio) == att->disk && !bio_copy_has_ctx(&bio, att))
			return true;
	}
	return false;
}

/*
 * is_done - tell whether a task has no such write in its lists
 *
 * There are two lists on its stack: bios for the device that it is submitting to, and bios that follow
 * them. Only the task changes them. So they can be read if the task does not run from before until after
 * they are read.
 */
static bool is_done(struct task_struct *task, struct blkfilter_attachment *att)
{
	unsigned long switches = switches_of(task);
	struct bio_list *lists, copy[2];
	bool done;

	smp_rmb(); /* the number of switches is read before the lists */
	lists = READ_ONCE(task->bio_list);
	if (!lists)
		return true;
	rcu_read_lock();
	done = !has_run(task, switches) && read_safely(copy, lists, sizeof(copy)) &&
	       !has_bio(task, switches, copy[0].head, att) &&
	       !has_bio(task, switches, copy[1].head, att) && !has_run(task, switches);
	rcu_read_unlock();
	return done;
}

/**
 * submitters_find - find all tasks that are submitting bios now
 * @submitters: empty list, set to the tasks; to be freed with submitters_forget()
 *
 * Context: process context; does not sleep.
 * Return: 0 or -ENOMEM.
 */
int submitters_find(struct list_head *submitters)
{
	struct task_struct *process, *task;
	struct submitter *submitter;
	int ret = 0;

	rcu_read_lock();
	for_each_process_thread(process, task) {
		if (ret || !READ_ONCE(task->bio_list))
			continue;
		submitter = kmalloc(sizeof(*submitter), GFP_NOWAIT | __GFP_NOWARN);
		if (!submitter) {
			ret = -ENOMEM;
			continue;
		}
		get_task_struct(task);
		submitter->task = task;
		list_add(&submitter->link, submitters);
	}
	rcu_read_unlock();
	return ret;
}

static void forget_one(struct submitter *submitter)
{
	list_del(&submitter->link);
	put_task_struct(submitter->task);
	kfree(submitter);
}

/**
 * submitters_check - forget the tasks that have no earlier write to a device in their lists any more
 * @submitters: the tasks
 * @att: the attachment of the device
 *
 * Context: process context; does not sleep.
 * Return: whether no task is left.
 */
bool submitters_check(struct list_head *submitters, struct blkfilter_attachment *att)
{
	struct submitter *submitter, *next;

	list_for_each_entry_safe(submitter, next, submitters, link)
		if (is_done(submitter->task, att))
			forget_one(submitter);
	return list_empty(submitters);
}

/**
 * submitters_forget - forget all tasks
 * @submitters: the tasks
 *
 * Context: process context; does not sleep.
 */
void submitters_forget(struct list_head *submitters)
{
	struct submitter *submitter, *next;

	list_for_each_entry_safe(submitter, next, submitters, link)
		forget_one(submitter);
}
