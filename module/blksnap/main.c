// SPDX-License-Identifier: GPL-2.0
/*
 * blksnap: snapshots of block devices, and a map of what changed between them.
 */
#include <linux/module.h>
#include <linux/suspend.h>
#include "cbt_map.h"
#include "chunk.h"
#include "control.h"
#include "freeze.h"
#include "snapimage.h"
#include "snapshot.h"
#include "tracker.h"
#include "../compat/compat.h"

/*
 * Between hibernation and resume another system may run and write to the devices. So all generations
 * end, and a snapshot prevents hibernation. Programs still run after the first event, and run again
 * before the second one. In between takes are refused, and the change map that a program reads is one
 * of a generation that ends.
 */
static int on_power_event(struct notifier_block *block, unsigned long event, void *data)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
		/* In this order: a take sets its state first and checks for hibernation then. */
		tracker_set_hibernating(true);
		if (snapshot_any_taken()) {
			tracker_set_hibernating(false);
			pr_err("a snapshot is held: destroy it before hibernating\n");
			return notifier_from_errno(-EBUSY);
		}
		tracker_end_generations();
		return NOTIFY_OK;
	case PM_POST_HIBERNATION:
		tracker_end_generations();
		tracker_set_hibernating(false);
		return NOTIFY_OK;
	default:
		return NOTIFY_DONE;
	}
}

static struct notifier_block power_block = {
	.notifier_call = on_power_event,
};

static int __init blksnap_init(void)
{
	int ret;

	ret = cbt_map_check_params() ?: chunk_init();
	if (ret)
		return ret;
	ret = freeze_init();
	if (ret)
		goto err_chunk;
	ret = snapimage_init();
	if (ret)
		goto err_freeze;
	ret = register_pm_notifier(&power_block);
	if (ret)
		goto err_snapimage;
	ret = control_init();
	if (ret)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_pm_notifier(&power_block);
err_snapimage:
	snapimage_exit();
err_freeze:
	freeze_exit();
err_chunk:
	chunk_exit();
	return ret;
}

static void __exit blksnap_exit(void)
{
	control_exit();
	snapshot_destroy_all();
	unregister_pm_notifier(&power_block);
	snapimage_exit();
	freeze_exit();
	chunk_exit();
	rcu_barrier(); /* for cbt_map_free_rcu() */
}

module_init(blksnap_init);
module_exit(blksnap_exit);

MODULE_DESCRIPTION("Snapshots and change tracking of block devices");
MODULE_LICENSE("GPL");
MODULE_VERSION(BLKSNAP_VERSION);
