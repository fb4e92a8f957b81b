// SPDX-License-Identifier: GPL-2.0
/*
 * Since Linux 6.17 a work queue that is not unbound says so ("workqueue: Add new WQ_PERCPU
 * flag").
 */
#include <linux/workqueue.h>

#ifdef COMPAT_HAS_WQ_PERCPU
extern const unsigned int probe;
const unsigned int probe = WQ_PERCPU;
#else
/* Clashes with the constant where there is one. */
char WQ_PERCPU;
#endif
