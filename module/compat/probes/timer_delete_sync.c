// SPDX-License-Identifier: GPL-2.0
/*
 * Linux 6.2 has a new name for del_timer_sync() ("timers: Rename del_timer_sync() to
 * timer_delete_sync()"); the older one went later.
 */
#ifdef COMPAT_HAS_TIMER_DELETE_SYNC
HAS(timer_delete_sync);
#else
HAS_NO(timer_delete_sync);
#endif
