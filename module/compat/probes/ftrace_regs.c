// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.11 an ftrace callback gets a struct ftrace_regs ("ftrace: Have the callbacks
 * receive a struct ftrace_regs instead of pt_regs").
 */
#include <linux/ftrace.h>

#ifdef COMPAT_HAS_FTRACE_REGS
#define ARGUMENT struct ftrace_regs
#else
#define ARGUMENT struct pt_regs
#endif

void probe(struct ftrace_ops *ops,
	   void (*function)(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			    ARGUMENT *regs));
void probe(struct ftrace_ops *ops,
	   void (*function)(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			    ARGUMENT *regs))
{
	ops->func = function;
}
