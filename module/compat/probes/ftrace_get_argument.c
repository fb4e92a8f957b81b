// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 6.2 reads the arguments from what an ftrace callback gets by name ("ftrace: abstract
 * DYNAMIC_FTRACE_WITH_ARGS accesses"); before, on x86, it is or contains a struct pt_regs.
 */
#ifdef COMPAT_HAS_FTRACE_GET_ARGUMENT
unsigned long probe(struct ftrace_regs *fregs);
unsigned long probe(struct ftrace_regs *fregs)
{
	return ftrace_regs_get_argument(fregs, 0);
}
#else
/* Clashes with the function or the macro where there is one. */
void ftrace_regs_get_argument(int regs, int number);
#endif
