// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.17 a work queue that is not unbound says so ("workqueue: Add new WQ_PERCPU
 * flag").
 */
#ifdef COMPAT_HAS_WQ_PERCPU
HAS(WQ_PERCPU);
#else
HAS_NO(WQ_PERCPU);
#endif
