/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Module parameters that know which values make sense. Each stands in the file that uses
 * it; a bad value is refused with a line in the log, at load or when written to sysfs.
 */
#ifndef BLKSNAP_PARAMS_H
#define BLKSNAP_PARAMS_H

#include <linux/compiler.h>
#include <linux/moduleparam.h>

/**
 * struct param - an unsigned number
 * @value: the current value; may be changed at any time, see param_value()
 * @min: smallest
 * @max: largest
 * @no_more_than: another parameter that it must not exceed, or NULL
 * @no_less_than: another one that it must not fall short of, or NULL
 */
struct param {
	unsigned int value;
	unsigned int min;
	unsigned int max;
	const struct param *no_more_than;
	const struct param *no_less_than;
};

static inline unsigned int param_value(const struct param *param)
{
	return READ_ONCE(param->value);
}

extern const struct kernel_param_ops param_ops_checked;

/* PARAM - makes a struct param the module's parameter of the same name */
#define PARAM(name, text)						\
	module_param_cb(name, &param_ops_checked, &name, 0644);		\
	MODULE_PARM_DESC(name, text)

int param_check_order(const char *name, const struct param *param);

#endif /* BLKSNAP_PARAMS_H */
