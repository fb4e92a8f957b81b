// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.11 an ftrace callback gets a struct ftrace_regs ("ftrace: Have the callbacks
 * receive a struct ftrace_regs instead of pt_regs").
 */
#include <linux/ftrace.h>

#ifdef COMPAT_HAS_FTRACE_REGS
typedef void callback_fn_t(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			 struct ftrace_regs *regs);
#else
typedef void callback_fn_t(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			 struct pt_regs *regs);
#endif

void probe(struct ftrace_ops *ops, callback_fn_t *function);
void probe(struct ftrace_ops *ops, callback_fn_t *function)
{
	ops->func = function;
}
