// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 6.2 has a new name for del_timer_sync() ("timers: Rename del_timer_sync() to
 * timer_delete_sync()"); the older one went later.
 */
#include <linux/timer.h>

#ifdef COMPAT_HAS_TIMER_DELETE_SYNC
int probe(struct timer_list *timer);
int probe(struct timer_list *timer)
{
	return timer_delete_sync(timer);
}
#else
/* Clashes with the declaration where there is one. */
char timer_delete_sync;
#endif
