// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 6.2 renamed ftrace_instruction_pointer_set() ("ftrace: abstract
 * DYNAMIC_FTRACE_WITH_ARGS accesses").
 */
#ifdef COMPAT_HAS_FTRACE_SET_IP
void probe(struct ftrace_regs *fregs);
void probe(struct ftrace_regs *fregs)
{
	ftrace_regs_set_instruction_pointer(fregs, 0);
}
#else
/* Clashes with the function or the macro where there is one. */
void ftrace_regs_set_instruction_pointer(int regs);
#endif
