// SPDX-License-Identifier: GPL-2.0
/*
 * Hooks functions of the unpatched kernel through ftrace, which calls back at the entry of a function
 * and lets the callback redirect the call.
 *
 * The callback of a hook is named on_*. Most calls do not concern us, and continue unchanged. For the
 * others the callback sets the instruction pointer to a function named hook_*, which has the
 * signature of the hooked function and returns to its caller.
 *
 * FTRACE_OPS_FL_IPMODIFY: only one user may redirect a function. Live patching is such a user too,
 * and the second one is refused. FTRACE_OPS_FL_PERMANENT: without it, kernel.ftrace_enabled could
 * switch the hooks off silently, and the change map would miss writes.
 *
 * Context: submit_bio_noacct() is called in any context that may submit, with any locks held. Its
 * callback neither sleeps nor submits. hook_submit_when_room() sleeps only where submit_bio_noacct()
 * may. The other functions are called in process context. A task can stay in a hook_* function for
 * long. It has a code reference there, and hook_exit() waits for these references. RCU tasks covers
 * the few instructions before the reference is taken and after it is dropped.
 */
#include <linux/ftrace.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include "blkfilter.h"

/**
 * struct hook - a hooked function of the kernel
 * @ops: registered with ftrace
 * @name: name of the function
 * @addr: its address if it is exported; otherwise ftrace looks up the name
 * @optional: not every kernel has the function
 * @installed: @ops is registered
 */
struct hook {
	struct ftrace_ops ops;
	const char *name;
	unsigned long addr;
	bool optional;
	bool installed;
};

#define HOOK_FLAGS	(COMPAT_FTRACE_FLAGS | FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT)

/* A hook could not be removed. Changed under blkfilter_lock, or by init and exit. */
static bool pinned;

/* The bio was held by the gate, or kept by a filter. */
static noinline compat_qc_t hook_swallow_bio(struct bio *bio)
{
	return COMPAT_QC_NONE;
}

/* The submitter still owns the bio, and has to wait for room. */
static noinline compat_qc_t hook_submit_when_room(struct bio *bio)
{
	code_ref_get();
	if (bio_wait_room(bio))
		submit_bio_noacct(bio);
	code_ref_put();
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
	bucket = table_bucket(compat_bio_disk(bio));
	if (likely(hlist_empty(bucket)))
		return;
	verdict = bio_filter(bio, bucket);
	if (verdict != BLKFILTER_PASS)
		ftrace_regs_set_instruction_pointer(fregs, verdict == BLKFILTER_WAIT ?
			(unsigned long)hook_submit_when_room : (unsigned long)hook_swallow_bio);
}

/* Writes a page without a bio. On -EOPNOTSUPP the callers submit a bio instead. */
static noinline int hook_refuse_write_page(struct block_device *bdev, sector_t sector,
				    struct page *page, struct writeback_control *wbc)
{
	return -EOPNOTSUPP;
}

static void on_write_page(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			  struct ftrace_regs *fregs)
{
	struct block_device *bdev = (struct block_device *)ftrace_regs_get_argument(fregs, 0);

	if (table_has_disk(bdev->bd_disk))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)hook_refuse_write_page);
}

/* The call of del_gendisk() here is not redirected: the disk is no longer filtered. */
static noinline void hook_del_gendisk(struct gendisk *disk)
{
	code_ref_get();
	registry_remove_disk(disk);
	del_gendisk(disk);
	code_ref_put();
}

static void on_del_gendisk(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			   struct ftrace_regs *fregs)
{
	struct gendisk *disk = (struct gendisk *)ftrace_regs_get_argument(fregs, 0);

	if (table_has_disk(disk))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)hook_del_gendisk);
}

/* For partitions, and for a disk that was attached while del_gendisk() was running. */
static noinline void hook_device_del(struct device *dev)
{
	code_ref_get();
	registry_remove_device(dev);
	device_del(dev);
	code_ref_put();
}

static void on_device_del(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			  struct ftrace_regs *fregs)
{
	struct device *dev = (struct device *)ftrace_regs_get_argument(fregs, 0);

	if (table_has_device(dev))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)hook_device_del);
}

/* With a cleanup function, because the original may return a value or void. */
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

	if (table_has_queue(rq->q) && !passthrough_is_known(rq))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)ops->private);
}

/*
 * Request-based device mapper sends a request to one of its paths. A path is refused by
 * blkfilter_refusal(), but a device that is filtered already can become one.
 */
static void on_insert_cloned(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			     struct ftrace_regs *fregs)
{
	struct request *rq =
		(struct request *)ftrace_regs_get_argument(fregs, COMPAT_INSERT_CLONED_RQ);

	if (req_op(rq) != REQ_OP_READ && req_op(rq) != REQ_OP_FLUSH)
		table_queue_changed(rq->q);
}

static noinline long hook_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct inode *inode = file->f_mapping->host;
	long ret;

	code_ref_get();
	ret = ioctl_answer(I_BDEV(inode), inode, cmd, (void __user *)arg);
	code_ref_put();
	return ret;
}

/* The argument of a 32-bit caller is a pointer, which has to be extended. */
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

/* Installed while a device is attached. Those for bios are installed last, and removed first. */
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
		/* Of older kernels. What is held or kept here is resubmitted by submit_bio_noacct(). */
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
 * Fails if the kernel has disabled ftrace after a fault in it. The functions then call us for ever,
 * and our code has to stay.
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
 * Called before the module is freed. An exit function, and an init function that fails, can prevent
 * that only by not returning.
 */
static void stay_if_pinned(void)
{
	while (pinned)
		schedule_timeout_idle(MAX_SCHEDULE_TIMEOUT);
}

/* Free the ftrace filters in the ops, which are not registered. */
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
 * hook_install - hook the functions that submit bios and commands, and that remove devices
 *
 * Context: may sleep; blkfilter_lock.
 * Return: 0, or a negative errno after a message in the log.
 */
int hook_install(void)
{
	return install_all(device_hooks, ARRAY_SIZE(device_hooks));
}

/**
 * hook_remove - undo hook_install()
 *
 * Context: may sleep, until all tasks have scheduled; blkfilter_lock.
 */
void hook_remove(void)
{
	remove_all(device_hooks, ARRAY_SIZE(device_hooks));
}

/*
 * The self-test submits a bio that reaches no device through a hook like the real one, by each
 * function that submits bios, because a compiler may have inlined a copy of the hooked function into
 * its caller. The disk of the bio only ends it, should the hook miss it.
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

/**
 * hook_exit - remove the hooks for ioctls, and wait until no task is in the module's code
 *
 * Context: may sleep; no device is attached.
 */
void hook_exit(void)
{
	remove_all(ioctl_hooks, ARRAY_SIZE(ioctl_hooks));
	stay_if_pinned();
	synchronize_rcu_tasks(); /* tasks that were redirected have taken a reference */
	code_ref_wait();
	synchronize_rcu_tasks(); /* tasks that dropped their reference have returned */
	free_all(ioctl_hooks, ARRAY_SIZE(ioctl_hooks));
	free_all(device_hooks, ARRAY_SIZE(device_hooks));
}

/**
 * hook_init - test the hook for bios, and hook the functions for ioctls
 *
 * Context: may sleep.
 * Return: 0, or a negative errno after a message in the log.
 */
int hook_init(void)
{
	int ret = self_test();

	if (ret)
		return ret;
	ret = install_all(ioctl_hooks, ARRAY_SIZE(ioctl_hooks));
	/* The first hook may have redirected a task already. */
	if (ret)
		hook_exit();
	return ret;
}
