// SPDX-License-Identifier: GPL-2.0
/*
 * Until Linux 4.20 a kernel that preempts has RCU that does not wait for code with interrupts off;
 * that was another function's matter, which was there until 5.0 ("rcu: Define RCU-sched API in
 * terms of RCU for Tree RCU PREEMPT builds").
 */
#ifdef COMPAT_HAS_RCU_SCHED
HAS(synchronize_sched);
#else
HAS_NO(synchronize_sched);
#endif
