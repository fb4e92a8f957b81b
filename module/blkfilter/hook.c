// SPDX-License-Identifier: GPL-2.0
/*
 * How an unpatched kernel comes to call us: ftrace, which calls back at the entry of a
 * function and lets the callback send the caller somewhere else.
 *
 * Each hook decides in its callback. Most calls are none of our business and go on as if
 * nothing had been; for the others the instruction pointer is set to one of the functions
 * named hook_*, which has the signature of the hooked one and returns to its caller.
 *
 * FTRACE_OPS_FL_IPMODIFY: only one user may redirect a function. Livepatch is such a user
 * too, and whoever comes second is refused. FTRACE_OPS_FL_PERMANENT: without it
 * /proc/sys/kernel/ftrace_enabled could switch the hooks off behind our back, and
 * writes would be lost to the change map.
 *
 * Who runs when: submit_bio_noacct() is called in any context that may submit, process
 * or not, with any locks held; the hook for it neither sleeps nor submits. Where
 * submit_bio_noacct() may sleep, hook_submit_when_room() may. The others
 * are called in process context. A redirected function may be left by a task only after
 * long; the count of those inside, and RCU for tasks for the few instructions before it
 * was counted and after, let hook_exit() wait for them.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include "blkfilter.h"

/**
 * struct hook - a function of the kernel that is hooked
 * @ops: as ftrace wants it
 * @name: the function's
 * @addr: its address where it is exported, else it is found by name
 * @optional: not every kernel has it
 * @installed: it is hooked at the moment
 */
struct hook {
	struct ftrace_ops ops;
	const char *name;
	unsigned long addr;
	bool optional;
	bool installed;
};

#define HOOK_FLAGS	(COMPAT_FTRACE_FLAGS | FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT)

/* Some hook could not be removed. Changed under blkfilter_lock, or by init and exit. */
static bool pinned;

/* Tasks inside of a hook_* function that may sleep, and passthrough commands under way. */
static atomic_t inside = ATOMIC_INIT(0);
static DECLARE_WAIT_QUEUE_HEAD(nobody_inside);

/* hook_enter - a task is inside, or something else of ours that has to be waited for */
void hook_enter(void)
{
	atomic_inc(&inside);
}

/* hook_leave - no more. Context: any */
void hook_leave(void)
{
	if (atomic_dec_and_test(&inside))
		wake_up(&nobody_inside);
}

/* The bio was taken over: it is held, or kept by a filter. */
static noinline compat_qc_t hook_swallow_bio(struct bio *bio)
{
	return COMPAT_QC_NONE;
}

/* The bio is still its submitter's, who is to wait for room. */
static noinline compat_qc_t hook_submit_when_room(struct bio *bio)
{
	hook_enter();
	if (gate_wait_room(bio))
		submit_bio_noacct(bio);
	hook_leave();
	return COMPAT_QC_NONE;
}

static void on_submit_bio(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			  struct ftrace_regs *fregs)
{
	struct bio *bio = (struct bio *)ftrace_regs_get_argument(fregs, 0);
	enum blkfilter_verdict verdict;
	struct hlist_head *bucket;

	if (!op_is_write(bio_op(bio)) || !bio_sectors(bio))
		return;
	bucket = registry_bucket(compat_bio_disk(bio));
	if (likely(hlist_empty(bucket)))
		return;
	verdict = bio_filter(bio, bucket);
	if (verdict != BLKFILTER_PASS)
		ftrace_regs_set_instruction_pointer(fregs, verdict == BLKFILTER_WAIT ?
			(unsigned long)hook_submit_when_room : (unsigned long)hook_swallow_bio);
}

/* Writing pages past bios: this answer sends the callers back to bios. */
static noinline int hook_refuse_write_page(struct block_device *bdev, sector_t sector,
				    struct page *page, struct writeback_control *wbc)
{
	return -EOPNOTSUPP;
}

static void on_write_page(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			  struct ftrace_regs *fregs)
{
	struct block_device *bdev = (struct block_device *)ftrace_regs_get_argument(fregs, 0);

	if (registry_disk_is_filtered(bdev->bd_disk))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)hook_refuse_write_page);
}

/* Called again by itself, the hook finds the disk no longer filtered and lets it go on. */
static noinline void hook_del_gendisk(struct gendisk *disk)
{
	hook_enter();
	registry_remove_disk(disk);
	del_gendisk(disk);
	hook_leave();
}

static void on_del_gendisk(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			   struct ftrace_regs *fregs)
{
	struct gendisk *disk = (struct gendisk *)ftrace_regs_get_argument(fregs, 0);

	if (registry_disk_is_filtered(disk))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)hook_del_gendisk);
}

/* For partitions, and for a disk that was attached while del_gendisk() was under way. */
static noinline void hook_device_del(struct device *dev)
{
	hook_enter();
	registry_remove_device(dev);
	device_del(dev);
	hook_leave();
}

static void on_device_del(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			  struct ftrace_regs *fregs)
{
	struct device *dev = (struct device *)ftrace_regs_get_argument(fregs, 0);

	if (registry_device_is_filtered(dev))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)hook_device_del);
}

/* The cleanup: whatever the original returns, which may be nothing, is returned. */
static noinline compat_execute_t hook_execute_rq(COMPAT_EXECUTE_PARAMS)
{
	struct passthrough command __attribute__((__cleanup__(passthrough_end)));

	passthrough_begin(&command, rq);
	return compat_execute();
}

static noinline void hook_execute_rq_nowait(COMPAT_NOWAIT_PARAMS)
{
	struct passthrough command;
	rq_end_io_fn *done;

	done = passthrough_begin_nowait(&command, rq, COMPAT_NOWAIT_END_IO);
	compat_execute_nowait(done);
	passthrough_end(&command);
}

static void on_execute(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
		       struct ftrace_regs *fregs)
{
	struct request *rq = (struct request *)ftrace_regs_get_argument(fregs, COMPAT_EXECUTE_RQ);

	if (registry_queue_is_concerned(rq->q) && !passthrough_is_known(rq))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)ops->private);
}

/*
 * A request of request-based device mapper goes to a path. None is filtered (blkfilter_refusal()),
 * but a filtered device may be made one.
 */
static void on_insert_cloned(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			     struct ftrace_regs *fregs)
{
	struct request *rq =
		(struct request *)ftrace_regs_get_argument(fregs, COMPAT_INSERT_CLONED_RQ);

	if (req_op(rq) != REQ_OP_READ && req_op(rq) != REQ_OP_FLUSH)
		registry_queue_changed(rq->q);
}

static noinline long hook_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct inode *inode = file->f_mapping->host;
	long ret;

	hook_enter();
	ret = ioctl_answer(I_BDEV(inode), inode, cmd, (void __user *)arg);
	hook_leave();
	return ret;
}

/* A 32-bit caller's argument is an address that has to be widened. */
static noinline long hook_ioctl_32(struct file *file, unsigned int cmd, unsigned long arg)
{
	return hook_ioctl(file, cmd, (unsigned long)compat_ptr(arg));
}

static void on_ioctl(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
		     struct ftrace_regs *fregs)
{
	if (ioctl_is_ours(ftrace_regs_get_argument(fregs, 1)))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)ops->private);
}

static struct hook ioctl_hooks[] = {
	{
		.ops = { .func = on_ioctl, .flags = HOOK_FLAGS, .private = hook_ioctl },
		.name = COMPAT_BLKDEV_IOCTL,
	}, {
		.ops = { .func = on_ioctl, .flags = HOOK_FLAGS, .private = hook_ioctl_32 },
		.name = "compat_blkdev_ioctl",
		.optional = !COMPAT_PROGRAMS_32,
	},
};

/* Installed only while a device is attached. Those for bios come last, and go first. */
static struct hook device_hooks[] = {
	{
		.ops = { .func = on_del_gendisk, .flags = HOOK_FLAGS },
		.name = "del_gendisk",
		.addr = (unsigned long)del_gendisk,
	}, {
		.ops = { .func = on_device_del, .flags = HOOK_FLAGS },
		.name = "device_del",
		.addr = (unsigned long)device_del,
	}, {
		.ops = { .func = on_write_page, .flags = HOOK_FLAGS },
		.name = "bdev_write_page",
		.optional = !COMPAT_WRITES_PAGES,
	}, {
		.ops = { .func = on_execute, .flags = HOOK_FLAGS, .private = hook_execute_rq },
		.name = "blk_execute_rq",
		.addr = (unsigned long)blk_execute_rq,
	}, {
		.ops = { .func = on_execute, .flags = HOOK_FLAGS, .private = hook_execute_rq_nowait },
		.name = "blk_execute_rq_nowait",
		.addr = (unsigned long)blk_execute_rq_nowait,
	}, {
		.ops = { .func = on_insert_cloned, .flags = HOOK_FLAGS },
		.name = "blk_insert_cloned_request",
		.addr = (unsigned long)blk_insert_cloned_request,
	}, {
		/* Older kernels have it besides; what is taken there goes on by submit_bio_noacct(). */
		.ops = { .func = on_submit_bio, .flags = HOOK_FLAGS },
		.name = "direct_make_request",
		.optional = !COMPAT_SUBMITS_DIRECTLY,
	}, {
		.ops = { .func = on_submit_bio, .flags = HOOK_FLAGS },
		.name = __stringify(submit_bio_noacct),
		.addr = (unsigned long)submit_bio_noacct,
	},
};

static int install_one(struct hook *hook)
{
	int ret;

	if (hook->addr)
		ret = ftrace_set_filter_ip(&hook->ops, hook->addr, 0, 1);
	else
		ret = ftrace_set_filter(&hook->ops, (unsigned char *)hook->name,
					strlen(hook->name), 1);
	if (ret && hook->optional)
		return 0;
	if (!ret)
		ret = register_ftrace_function(&hook->ops);
	if (ret == -EBUSY)
		pr_err("cannot hook %s: a live patch or another module redirects it, or ftrace is switched off (kernel.ftrace_enabled)\n",
		       hook->name);
	else if (ret)
		pr_err("cannot hook %s (error %d)%s\n", hook->name, ret,
		       ret == -EINVAL ? ": the kernel's ftrace does not offer it" : "");
	hook->installed = !ret;
	return ret;
}

/*
 * Fails when the kernel has switched ftrace off after a fault in it: then the functions go on
 * calling us, for ever, and our code has to stay.
 */
static void remove_all(struct hook *hooks, unsigned int count)
{
	int ret;

	while (count--) {
		if (!hooks[count].installed)
			continue;
		ret = unregister_ftrace_function(&hooks[count].ops);
		if (!ret) {
			hooks[count].installed = false;
			continue;
		}
		pr_err("cannot unhook %s (error %d): the kernel has switched ftrace off after a fault in it: the module stays loaded until the next boot\n",
		       hooks[count].name, ret);
		if (!pinned)
			__module_get(THIS_MODULE);
		pinned = true;
	}
}

/*
 * To be called before the module is freed. Neither its exit function nor an init function that
 * failed can keep it from that, but by not returning.
 */
static void stay_if_pinned(void)
{
	while (pinned)
		schedule_timeout_idle(MAX_SCHEDULE_TIMEOUT);
}

/* Frees what ftrace keeps in the ops, which are not registered. */
static void free_all(struct hook *hooks, unsigned int count)
{
	while (count--)
		ftrace_set_filter(&hooks[count].ops, NULL, 0, 1);
}

static int install_all(struct hook *hooks, unsigned int count)
{
	unsigned int i;
	int ret;

	for (i = 0; i < count; i++) {
		ret = install_one(&hooks[i]);
		if (ret) {
			remove_all(hooks, i);
			return ret;
		}
	}
	return 0;
}

/**
 * hook_install - begin to see bios and removals
 *
 * Context: may sleep; blkfilter_lock is held.
 * Return: 0, or an error that has been explained in the log.
 */
int hook_install(void)
{
	return install_all(device_hooks, ARRAY_SIZE(device_hooks));
}

/* hook_remove - undo hook_install(); may wait for tasks to schedule */
void hook_remove(void)
{
	remove_all(device_hooks, ARRAY_SIZE(device_hooks));
}

/*
 * The self-test: a bio that goes nowhere is sent through a hook like the real one, in each
 * way that there is, since a compiler may have put a copy of the function into its
 * caller. Its disk exists only to answer, should the hook not see it.
 */
static struct bio *test_bio;
static unsigned int test_seen, test_ended;

static void on_test_bio(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			struct ftrace_regs *fregs)
{
	if ((struct bio *)ftrace_regs_get_argument(fregs, 0) != test_bio)
		return;
	test_seen++;
	ftrace_regs_set_instruction_pointer(fregs, (unsigned long)hook_swallow_bio);
}

static compat_qc_t test_submit_bio(struct bio *bio)
{
	bio_io_error(bio);
	return COMPAT_QC_NONE;
}

static const struct block_device_operations test_fops = {
	.owner = THIS_MODULE,
	COMPAT_SUBMIT_BIO(test_submit_bio)
};

static void test_end_io(struct bio *bio)
{
	test_ended++;
}

static int self_test(void)
{
	static struct hook hooks[] = {
		{
			.ops = { .func = on_test_bio, .flags = HOOK_FLAGS },
			.name = "direct_make_request",
			.optional = !COMPAT_SUBMITS_DIRECTLY,
		}, {
			.ops = { .func = on_test_bio, .flags = HOOK_FLAGS },
			.name = __stringify(submit_bio_noacct),
			.addr = (unsigned long)submit_bio_noacct,
		},
	};
	struct gendisk *disk = compat_alloc_disk(NULL, test_submit_bio);
	struct bio bio;
	int ret;

	if (IS_ERR(disk))
		return PTR_ERR(disk);
	disk->fops = &test_fops;
	bio_init(&bio, NULL, NULL, 0, REQ_OP_WRITE | REQ_PREFLUSH);
	compat_bio_set_disk(&bio, disk);
	bio.bi_end_io = test_end_io;
	test_bio = &bio;

	ret = install_all(hooks, ARRAY_SIZE(hooks));
	if (!ret) {
		submit_bio_noacct(&bio);
		submit_bio(&bio);
		compat_submit_directly(&bio);
		remove_all(hooks, ARRAY_SIZE(hooks));
		stay_if_pinned();
		if (test_seen != 2 + COMPAT_SUBMITS_DIRECTLY) {
			pr_err("self-test failed: the hook in submit_bio_noacct does not see bios\n");
			ret = -ENODEV;
		} else if (test_ended) {
			pr_err("self-test failed: the hook in submit_bio_noacct cannot take bios\n");
			ret = -ENODEV;
		}
	}
	free_all(hooks, ARRAY_SIZE(hooks));
	bio_uninit(&bio);
	compat_put_disk(disk, false);
	return ret;
}

/* hook_exit - returns when no task is in code of ours any more, nor will come */
void hook_exit(void)
{
	remove_all(ioctl_hooks, ARRAY_SIZE(ioctl_hooks));
	stay_if_pinned();
	synchronize_rcu_tasks(); /* who was redirected has counted itself */
	wait_event_idle(nobody_inside, !atomic_read(&inside));
	synchronize_rcu_tasks(); /* who counted itself out has returned */
	free_all(ioctl_hooks, ARRAY_SIZE(ioctl_hooks));
	free_all(device_hooks, ARRAY_SIZE(device_hooks));
}

int hook_init(void)
{
	int ret = self_test();

	if (ret)
		return ret;
	ret = install_all(ioctl_hooks, ARRAY_SIZE(ioctl_hooks));
	/* A task may have been redirected by the first already. */
	if (ret)
		hook_exit();
	return ret;
}
