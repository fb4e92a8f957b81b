// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 5.10 an ftrace callback is kept from being called inside of itself unless it
 * says that it can be ("ftrace: Reverse what the RECURSION flag means in the ftrace_ops").
 */
#ifdef COMPAT_HAS_FTRACE_RECURSION_SAFE
HAS(FTRACE_OPS_FL_RECURSION_SAFE);
#else
HAS_NO(FTRACE_OPS_FL_RECURSION_SAFE);
#endif
