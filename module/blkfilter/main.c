// SPDX-License-Identifier: GPL-2.0
/*
 * blkfilter: block device filters for kernels that have none.
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
	ret = attachment_init();
	if (ret)
		goto err_bio_ctx;
	registry_init(hook_install, hook_remove);
	ret = hook_init();
	if (ret)
		goto err_attachment;
	return 0;

err_attachment:
	earlier_exit();
	attachment_exit();
err_bio_ctx:
	bio_ctx_exit();
	return ret;
}

static void __exit blkfilter_exit(void)
{
	hook_exit();
	earlier_exit();
	attachment_exit();
	/*
	 * Bios may have ended just now. Let their completion handlers return before the code is
	 * freed, in interrupts as well as in tasks.
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
