// SPDX-License-Identifier: GPL-2.0
/*
 * blkfilter: block device filters for kernels that know of none.
 */
#include <linux/module.h>
#include "blkfilter.h"

static int __init blkfilter_init(void)
{
	int ret;

	gate_init();
	ret = bio_ctx_init();
	if (ret)
		return ret;
	ret = registry_init();
	if (ret)
		goto err_cache;
	ret = hook_init();
	if (ret)
		goto err_registry;
	return 0;

err_registry:
	registry_exit();
err_cache:
	bio_ctx_exit();
	return ret;
}

static void __exit blkfilter_exit(void)
{
	hook_exit();
	registry_exit();
	/*
	 * Bios may have ended just now: let their handlers return before the code goes,
	 * those in interrupts and those in tasks.
	 */
	synchronize_rcu();
	synchronize_rcu_tasks_rude();
	synchronize_rcu_tasks();
	bio_ctx_exit();
}

module_init(blkfilter_init);
module_exit(blkfilter_exit);

MODULE_DESCRIPTION("Block device filters for unpatched kernels");
MODULE_LICENSE("GPL");
MODULE_VERSION(BLKSNAP_VERSION);
