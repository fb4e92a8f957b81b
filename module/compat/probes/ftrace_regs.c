// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 5.11 an ftrace callback gets a struct ftrace_regs ("ftrace: Have the callbacks
 * receive a struct ftrace_regs instead of pt_regs").
 */
#ifdef COMPAT_HAS_FTRACE_REGS
struct ftrace_regs;
HAS_TYPE((ftrace_func_t)NULL, void (*)(unsigned long, unsigned long, struct ftrace_ops *,
				       struct ftrace_regs *));
#else
HAS_TYPE((ftrace_func_t)NULL, void (*)(unsigned long, unsigned long, struct ftrace_ops *,
				       struct pt_regs *));
#endif
