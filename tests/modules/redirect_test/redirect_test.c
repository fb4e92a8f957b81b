// SPDX-License-Identifier: GPL-2.0
/*
 * redirect_test: claims the right to redirect submit_bio_noacct(), as a live patch of it
 * would, and does nothing with it.
 */
#include <linux/blkdev.h>
#include <linux/ftrace.h>
#include <linux/module.h>

static void on_submit_bio(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			  struct ftrace_regs *fregs)
{
}

static struct ftrace_ops test_ops = {
	.func = on_submit_bio,
	.flags = COMPAT_FTRACE_FLAGS | FTRACE_OPS_FL_IPMODIFY,
};

static int __init test_init(void)
{
	int ret = ftrace_set_filter_ip(&test_ops, (unsigned long)submit_bio_noacct, 0, 1);

	if (!ret)
		ret = register_ftrace_function(&test_ops);
	if (ret)
		ftrace_set_filter(&test_ops, NULL, 0, 1);
	return ret;
}

static void __exit test_exit(void)
{
	unregister_ftrace_function(&test_ops);
	ftrace_set_filter(&test_ops, NULL, 0, 1);
}

module_init(test_init);
module_exit(test_exit);

MODULE_DESCRIPTION("Redirects submit_bio_noacct");
MODULE_LICENSE("GPL");
