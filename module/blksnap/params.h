/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Module parameters with limits. Each is defined in the file that uses it. An invalid value is refused
 * with a message in the log, at load and when it is written to sysfs.
 */
#ifndef BLKSNAP_PARAMS_H
#define BLKSNAP_PARAMS_H

#include <linux/compiler.h>
#include <linux/moduleparam.h>

/**
 * struct param - a module parameter, an unsigned number
 * @value: current value; may change at any time, see param_value()
 * @min: smallest value
 * @max: largest value
 * @no_more_than: a parameter that it must not exceed, or NULL
 * @no_less_than: a parameter that it must not be less than, or NULL
 */
struct param {
	unsigned int value;
	unsigned int min;
	unsigned int max;
	const struct param *no_more_than;
	const struct param *no_less_than;
};

/* param_value - get the current value. Context: any. */
static inline unsigned int param_value(const struct param *param)
{
	return READ_ONCE(param->value);
}

extern const struct kernel_param_ops param_ops_checked;

/* PARAM - define the module parameter of a struct param of the same name */
#define PARAM(name, text)						\
	module_param_cb(name, &param_ops_checked, &name, 0644);		\
	MODULE_PARM_DESC(name, text)

/**
 * param_check_order - compare a parameter with those that limit it
 * @name: name, for the log
 * @param: the parameter
 *
 * Return: 0, or -EINVAL after a message in the log.
 */
int param_check_order(const char *name, const struct param *param);

#endif /* BLKSNAP_PARAMS_H */
