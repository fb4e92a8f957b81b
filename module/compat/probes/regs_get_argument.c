// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 4.20 an argument of a function is read from the registers by name ("x86: ptrace: Add
 * function argument access API").
 */
#ifdef COMPAT_HAS_REGS_GET_ARGUMENT
HAS(regs_get_kernel_argument);
#else
HAS_NO(regs_get_kernel_argument);
#endif
