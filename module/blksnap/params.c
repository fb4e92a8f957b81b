// SPDX-License-Identifier: GPL-2.0
#include <linux/kernel.h>
#include <linux/module.h>
#include "../compat/compat.h"
#include "params.h"

int param_check_order(const char *name, const struct param *param)
{
	if (param->no_more_than && param->value > param->no_more_than->value) {
		pr_err("%s=%u is more than the maximum set, %u\n", name, param->value,
		       param->no_more_than->value);
		return -EINVAL;
	}
	if (param->no_less_than && param->value < param->no_less_than->value) {
		pr_err("%s=%u is less than the minimum set, %u\n", name, param->value,
		       param->no_less_than->value);
		return -EINVAL;
	}
	return 0;
}

static int param_set_checked(const char *text, const struct kernel_param *kp)
{
	struct param *param = kp->arg;
	struct param changed = *param;
	int ret = kstrtouint(text, 0, &changed.value);

	if (ret || changed.value < param->min || changed.value > param->max) {
		pr_err("%s=%s: has to be a number from %u to %u\n", kp->name, strim((char *)text),
		       param->min, param->max);
		return ret ?: -EINVAL;
	}
	/* At load the other parameter may not be set yet: blksnap_init() checks the order then. */
	if (THIS_MODULE->state == MODULE_STATE_LIVE)
		ret = param_check_order(kp->name, &changed);
	if (!ret)
		WRITE_ONCE(param->value, changed.value);
	return ret;
}

static int param_get_checked(char *buffer, const struct kernel_param *kp)
{
	struct param *param = kp->arg;

	return sysfs_emit(buffer, "%u\n", param->value);
}

const struct kernel_param_ops param_ops_checked = {
	.set = param_set_checked,
	.get = param_get_checked,
};
