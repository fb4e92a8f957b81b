// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 6.2 has accessors for what an ftrace callback gets ("ftrace: abstract
 * DYNAMIC_FTRACE_WITH_ARGS accesses"); before, on x86, there is a struct pt_regs in it.
 */
#include <linux/ftrace.h>

unsigned long probe(struct ftrace_regs *fregs);
unsigned long probe(struct ftrace_regs *fregs)
{
#ifdef COMPAT_HAS_FTRACE_GET_ARGUMENT
	return ftrace_regs_get_argument(fregs, 0);
#else
	ftrace_instruction_pointer_set(fregs, 0);
	return regs_get_kernel_argument(&fregs->regs, 0);
#endif
}
