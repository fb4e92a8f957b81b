// SPDX-License-Identifier: GPL-2.0
/*
 * ftrace_kill_test: switches ftrace off for good when it is loaded, as the kernel does after a fault
 * in it. A kprobe finds the function, which is not exported.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static int __init test_init(void)
{
	struct kprobe probe = { .symbol_name = "ftrace_kill" };
	void (*kill)(void);
	int ret = register_kprobe(&probe);

	if (ret)
		return ret;
	kill = (void (*)(void))probe.addr;
	unregister_kprobe(&probe);
	kill();
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);

MODULE_DESCRIPTION("Switches ftrace off for good");
MODULE_LICENSE("GPL");
